import { resolveCursorConnection, type ResolveCursorConnectionArgs } from '@pothos/plugin-relay'
import type { Turns } from '../turns.ts'
import { inputError } from './input-error.ts'

/** How many items a page has where nothing is said. */
export const DEFAULT_SIZE = 50
/** How many items a page has at most. */
export const MAX_SIZE = 500

/** The arguments of a Relay connection. */
export interface PageArgs {
  readonly first?: number | null | undefined
  readonly last?: number | null | undefined
  readonly after?: string | null | undefined
  readonly before?: string | null | undefined
}

/** A page in the words of a read model that pages by key. One row more than the page is asked for. */
export interface KeysetPage {
  readonly after: string | undefined
  readonly before: string | undefined
  readonly limit: number
  /** From the end back; the rows then come in that order. */
  readonly inverted: boolean
}

/** One page of a connection. Each item comes in its turn, so that a page holds nobody up. */
export interface Page<Row> {
  readonly edges: readonly Promise<{ readonly cursor: string; readonly node: Row }>[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

/**
 * Reads one page of a connection, forwards or backwards.
 *
 * @throws An input error for a size outside 1 to 500, or for `first` and `last` together.
 */
export async function readPage<Row extends object>(
  { first, last, after, before }: PageArgs,
  toCursor: (row: Row) => string,
  read: (page: KeysetPage) => Promise<readonly Row[]>,
  turns: Turns,
): Promise<Page<Row>> {
  checkSize('first', first)
  checkSize('last', last)
  if (first != null && last != null) throw inputError('last', 'Give either "first" or "last", not both.')
  const args = { first, last, after, before }
  const page = await resolveCursorConnection(
    { args, defaultSize: DEFAULT_SIZE, maxSize: MAX_SIZE, toCursor },
    async ({ after: from, before: to, limit, inverted }: ResolveCursorConnectionArgs) => [
      ...(await turns.read(async () => read({ after: from, before: to, limit, inverted }))),
    ],
  )
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
  return {
    edges: page.edges.map(async (edge) => {
      await turns.take()
      return edge
    }),
    pageInfo: { hasNextPage, hasPreviousPage, startCursor: startCursor || null, endCursor: endCursor || null },
  }
}

function checkSize(argument: 'first' | 'last', size: number | null | undefined): void {
  if (size == null || (size >= 1 && size <= MAX_SIZE)) return
  throw inputError(argument, `Argument "${argument}" must be from 1 to ${MAX_SIZE}, found ${size}.`)
}
