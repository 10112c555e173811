import type { EventQuery } from './event-log.ts'
import { EVENT_COLUMNS } from './event-row.ts'
import { BEFORE_ALL } from './recorded-event.ts'

/** The most events that one page holds. */
export const MAX_PAGE_EVENTS = 1000

/** A query whose range of time was turned into the range of positions that it is. */
export type PositionQuery = Omit<EventQuery, 'recordedFrom' | 'recordedTo'>

/** A query whose range is one of its key. */
export type KeyedQuery = Omit<PositionQuery, 'after' | 'before'> & { readonly after?: number; readonly before?: number }

/**
 * What a query is ordered by. Within a stream, versions rise with positions, and that order is the order of the stream's
 * index; that of the correlation id selects more than the stream's.
 */
export function keyOf({ stream, correlationId }: Pick<EventQuery, 'stream' | 'correlationId'>): 'version' | 'position' {
  return stream !== undefined && correlationId === undefined ? 'version' : 'position'
}

/** SQL whose text depends on which conditions are given, never on their values: it can be cached. */
export interface EventSelect {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

/**
 * Whether an index leads to what the query asks for, and to nothing else. Without one it has to be answered window by window,
 * as one statement would hold the event loop for as long as it takes to read the log, or what is long of it.
 */
export function isIndexed({ types, actor, id, causationId }: KeyedQuery): boolean {
  return [types, actor, id, causationId].every((condition) => condition === undefined)
}

/**
 * Plans one page of events so that SQLite walks one index in log order and stops at the limit.
 *
 * @throws When the limit is not from 1 to 1000.
 */
export function planEventSelect(query: KeyedQuery): EventSelect {
  const { after, before, stream, actor, correlationId, types, id, causationId, limit, order = 'ASC' } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_EVENTS) {
    throw new RangeError(`Cannot read ${limit} events: a page has 1 to ${MAX_PAGE_EVENTS}`)
  }
  const conditions: string[] = []
  const parameters: (string | number)[] = []
  const require = (condition: string, ...values: readonly (string | number)[]): void => {
    conditions.push(condition)
    parameters.push(...values)
  }

  const key = keyOf(query)
  const byCorrelation = correlationId !== undefined
  if (byCorrelation) require('correlation_id = ?', correlationId)
  // The plus sign keeps SQLite from the stream's index, which selects less than that of the correlation id.
  if (stream !== undefined) require(`${byCorrelation ? '+' : ''}stream = ?`, stream)
  if (types !== undefined) require(`type in (${types.map(() => '?').join(', ')})`, ...types)
  if (actor !== undefined) require('actor = ?', actor)
  if (id !== undefined) require('id = ?', id)
  if (causationId !== undefined) require('causation_id = ?', causationId)
  if (after !== undefined) require(`${key} > ?`, after)
  if (before !== undefined) require(`${key} < ?`, before)

  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  return {
    sql: `select ${EVENT_COLUMNS} from event${where} order by ${key} ${order} limit ?`,
    parameters: [...parameters, limit],
  }
}

/** What of a query is read first, and what is left of it after that. */
export interface Window {
  readonly first: KeyedQuery
  readonly rest: KeyedQuery | null
}

/**
 * Splits a query after so many keys.
 *
 * @param last The newest key that there is.
 */
export function splitWindow(query: KeyedQuery, last: number, size: number): Window {
  const after = query.after ?? BEFORE_ALL
  const before = Math.min(query.before ?? Infinity, last + 1)
  if (before - after <= size) return { first: query, rest: null }
  return splitAt(query, query.order === 'DESC' ? before - size : after + size)
}

/** Splits a query behind a key. */
export function splitAt(query: KeyedQuery, edge: number): Window {
  return query.order === 'DESC'
    ? { first: { ...query, after: edge - 1 }, rest: { ...query, before: edge } }
    : { first: { ...query, before: edge + 1 }, rest: { ...query, after: edge } }
}
