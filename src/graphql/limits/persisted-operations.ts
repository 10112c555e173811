import { createHash } from 'node:crypto'
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import type { Plugin } from 'graphql-yoga'
import { parse, validate, type GraphQLError } from 'graphql'
import { err, ok, type Result } from '../../domain/result.ts'
import { schema } from '../schema.ts'
import type { AskedContext } from '../transport/server-context.ts'
import { limitError } from './limit-error.ts'
import { checkText } from './query-text.ts'

/** Documents by the SHA-256 of their text, in lower-case hex. */
export type PersistedOperations = ReadonlyMap<string, string>

/** Which documents may be asked for by their hash alone, and whether others may be asked for at all. */
export interface PersistedOptions {
  /** Null where none are kept. */
  readonly operations: PersistedOperations | null
  readonly isOnlyPersisted: boolean
}

/** A file of documents is no good. */
export interface PersistedOperationsRefused {
  readonly type: 'PersistedOperationsRefused'
  /** For the operator: which document, what is wrong with it. */
  readonly reason: string
}

/**
 * Parses what build tools of clients write: a JSON object from the SHA-256 of a document, in hex, with or without `sha256:`
 * before it, to the document.
 *
 * @returns Refused unless each document has that hash, and is an operation that the schema can answer.
 */
export function parsePersistedOperations(text: string): Result<PersistedOperations, PersistedOperationsRefused> {
  const operations = new Map<string, string>()
  for (const [key, document] of entriesOf(text) ?? []) {
    const hash = key.replace(/^sha256:/, '')
    const reason = typeof document === 'string' ? faultOf(hash, document) : 'is no text'
    if (reason !== null) return refused(`The document of ${JSON.stringify(key.slice(0, 80))} ${reason}`)
    operations.set(hash, String(document))
  }
  if (operations.size > 0) return ok(operations)
  return refused('It must be a JSON object from SHA-256 to document, and have one document at least')
}

/** The hash by which a document is asked for. */
export function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex')
}

/** Replaces hashes by their documents over HTTP, and refuses what is not allowed. Where none are kept, hashes mean nothing. */
export function persistedOperations(options: PersistedOptions): Plugin<AskedContext> {
  if (options.operations === null && !options.isOnlyPersisted) return {}
  const getPersistedOperation = (hash: string): string | null => options.operations?.get(hash) ?? null
  const keyNotFound = options.isOnlyPersisted ? notAllowed : nothingAsked
  const kept = { getPersistedOperation, customErrors: { persistedQueryOnly: notAllowed, keyNotFound } }
  const anything = usePersistedOperations<Context>({ ...kept, allowArbitraryOperations: true })
  const persisted = usePersistedOperations<Context>({ ...kept, allowArbitraryOperations: false })
  return {
    onParams: (payload) => {
      const { params, context } = payload as typeof payload & { readonly context: Context }
      const plugin = mayBeAsked(params.query ?? '', options, context) ? anything : persisted
      return plugin.onParams?.(payload)
    },
  }
}

/** The same for one message of a WebSocket, where `query` is empty if it is asked for by its hash. */
export function findDocument(
  { query, extensions }: SentDocument,
  options: PersistedOptions,
  context: Pick<AskedContext, 'asking'>,
): string | GraphQLError {
  if (query != null && query !== '') return mayBeAsked(query, options, context) ? query : notAllowed()
  const { version, sha256Hash } = (extensions?.['persistedQuery'] ?? {}) as Readonly<Record<string, unknown>>
  if (version !== 1 || typeof sha256Hash !== 'string') {
    return options.isOnlyPersisted ? notAllowed() : nothingAsked()
  }
  // The words are those that clients know which then send the document.
  return options.operations?.get(sha256Hash) ?? limitError('PERSISTED_QUERY_NOT_IN_LIST', 'PersistedQueryNotFound')
}

function notAllowed(): GraphQLError {
  const hash = 'extensions: {"persistedQuery": {"version": 1, "sha256Hash": "<SHA-256 of its text, in hex>"}}'
  const message = `This node answers the operations of its list alone: ask for one of them by its hash, with ${hash}.`
  return limitError('PERSISTED_QUERY_NOT_IN_LIST', message)
}

function nothingAsked(): GraphQLError {
  return limitError('BAD_REQUEST', 'Must provide query string.', { status: 400 })
}

interface SentDocument {
  readonly query?: string | null | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined
}

type Context = AskedContext & Record<string, unknown>

/** A document that is sent whole is allowed by its hash too. What the commands of this machine ask for is always allowed. */
function mayBeAsked(
  query: string,
  { operations, isOnlyPersisted }: PersistedOptions,
  { asking }: Pick<AskedContext, 'asking'>,
): boolean {
  return !isOnlyPersisted || asking.caller?.actor === 'cli' || operations?.has(hashOf(query)) === true
}

function entriesOf(text: string): readonly (readonly [string, unknown])[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null
  } catch {
    return null
  }
}

function faultOf(hash: string, document: string): string | null {
  if (hashOf(document) !== hash) return `has another SHA-256: ${hashOf(document)}`
  try {
    checkText(document)
    const [error] = validate(schema, parse(document))
    return error === undefined ? null : `is refused: ${error.message}`
  } catch (error) {
    return `is refused: ${error instanceof Error ? error.message : String(error)}`
  }
}

function refused(reason: string): Result<never, PersistedOperationsRefused> {
  return err({ type: 'PersistedOperationsRefused', reason })
}
