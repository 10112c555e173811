import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import { ok } from '../../../src/domain/result.ts'
import { EVERYTHING } from '../../../src/domain/access.ts'
import {
  hashOf,
  parsePersistedOperations,
  type PersistedOptions,
} from '../../../src/graphql/limits/persisted-operations.ts'
import { ask as askOver } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'

const KEPT = 'query Kept { __typename }'
const OTHER = '{ status { version } }'
const OPERATIONS = new Map([[hashOf(KEPT), KEPT]])

function byHash(document: string): { readonly extensions: object } {
  return { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(document) } } }
}

/** The data, or the code of the error, that each transport answers with. */
async function ask(url: string, params: { readonly query?: string; readonly extensions?: object }): Promise<unknown[]> {
  const read = ({ data, errors }: { data?: unknown; errors?: { extensions: { code: string } }[] }): unknown =>
    errors?.[0]?.extensions.code ?? data
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const posted = await fetch(url, { method: 'POST', headers, body: JSON.stringify(params) })
  const search = new URLSearchParams({ query: params.query ?? '', extensions: JSON.stringify(params.extensions ?? {}) })
  const streamed = await fetch(`${url}?${search}`, { headers: { accept: 'text/event-stream' } })
  const [, event = ''] = /^data: (.+)$/m.exec(await streamed.text()) ?? []
  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  const overWebSocket = client.iterate({ query: '', ...params } as { query: string }).next()
  const told = await overWebSocket.then(
    ({ value }) => value,
    (errors: unknown) => ({ errors }),
  )
  return [read((await posted.json()) as object), read(JSON.parse(event)), read(told as object)]
}

function open(persisted: PersistedOptions, actor: 'local' | 'cli' = 'local'): Promise<{ readonly url: string }> {
  return openApi({ persisted, ports: { authenticate: async () => ok({ actor, grant: EVERYTHING, ended: null }) } })
}

const QUERY = { __typename: 'Query' }
const STATUS = { status: { version: '1.2.3' } }

function three(answer: unknown): unknown[] {
  return [answer, answer, answer]
}

test('what is kept is asked for by its hash, on each transport', async () => {
  const { url } = await open({ operations: OPERATIONS, isOnlyPersisted: false })
  expect(await ask(url, byHash(KEPT))).toEqual(three(QUERY))
  expect(await ask(url, { query: OTHER })).toEqual(three(STATUS))
  expect(await ask(url, byHash(OTHER))).toEqual(three('PERSISTED_QUERY_NOT_IN_LIST'))
})

test('with a list of what may be asked for, nothing else is, save by the command line', async () => {
  const { url } = await open({ operations: OPERATIONS, isOnlyPersisted: true })
  expect(await ask(url, byHash(KEPT))).toEqual(three(QUERY))
  expect(await ask(url, { query: KEPT })).toEqual(three(QUERY))
  expect(await ask(url, { query: OTHER })).toEqual(three('PERSISTED_QUERY_NOT_IN_LIST'))
  expect(await ask(url, { query: OTHER, ...byHash(KEPT) })).toEqual(three('PERSISTED_QUERY_NOT_IN_LIST'))
  expect(await ask(url, {})).toEqual(three('PERSISTED_QUERY_NOT_IN_LIST'))
  const { errors } = await askOver(url, OTHER)
  expect(errors).toMatchObject([{ message: expect.stringContaining('"sha256Hash": "<SHA-256 of its text, in hex>"') }])
  const commands = await open({ operations: OPERATIONS, isOnlyPersisted: true }, 'cli')
  expect(await ask(commands.url, { query: OTHER })).toEqual(three(STATUS))
})

test.each([
  ['no JSON', '{', /must be a JSON object/],
  ['no object', '[]', /must be a JSON object/],
  ['nothing', '{}', /one document at least/],
  ['another hash', JSON.stringify({ [hashOf(KEPT)]: OTHER }), /has another SHA-256: [0-9a-f]{64}/],
  ['no text', JSON.stringify({ [hashOf(KEPT)]: 1 }), /is no text/],
  ['a document that is none', JSON.stringify({ [hashOf('{')]: '{' }), /Syntax Error/],
  ['a field that there is not', JSON.stringify({ [hashOf('{ a }')]: '{ a }' }), /Cannot query field "a"/],
])('a file of %s is refused, with what is wrong', (_name, text, reason) => {
  expect(parsePersistedOperations(text)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } })
})

test('a file may say which hash it means', () => {
  expect(parsePersistedOperations(JSON.stringify({ [`sha256:${hashOf(KEPT)}`]: KEPT }))).toEqual(ok(OPERATIONS))
})
