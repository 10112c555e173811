import type { EventQuery } from './event-log.ts'
import { EVENT_COLUMNS } from './event-row.ts'
import { BEFORE_ALL, type Position } from './recorded-event.ts'

/** The most events that one page holds. */
export const MAX_PAGE_EVENTS = 1000

/** A query whose range of time was turned into the range of positions that it is. */
export type PositionQuery = Omit<EventQuery, 'recordedFrom' | 'recordedTo'>

/** SQL whose text depends on which conditions are given, never on their values: it can be cached. */
export interface EventSelect {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

/**
 * Whether an index leads to what the query asks for. Without one it has to be answered window by window, as one statement
 * would hold the event loop for as long as it takes to read the log.
 */
export function isIndexed({ stream, correlationId, ...rest }: PositionQuery): boolean {
  if (stream !== undefined || correlationId !== undefined) return true
  return [rest.types, rest.actor, rest.id, rest.causationId].every((condition) => condition === undefined)
}

/**
 * Plans one page of events so that SQLite walks one index in log order and stops at the limit.
 *
 * @throws When the limit is not from 1 to 1000.
 */
export function planEventSelect(query: PositionQuery): EventSelect {
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

  const byCorrelation = correlationId !== undefined
  if (byCorrelation) require('correlation_id = ?', correlationId)
  // The plus sign keeps SQLite from the stream's index, which selects less than that of the correlation id.
  if (stream !== undefined) require(`${byCorrelation ? '+' : ''}stream = ?`, stream)
  if (types !== undefined) require(`type in (${types.map(() => '?').join(', ')})`, ...types)
  if (actor !== undefined) require('actor = ?', actor)
  if (id !== undefined) require('id = ?', id)
  if (causationId !== undefined) require('causation_id = ?', causationId)
  if (after !== undefined) require('position > ?', after)
  if (before !== undefined) require('position < ?', before)

  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  // Within a stream, versions rise with positions, and that order is the order of the stream's index.
  const key = stream !== undefined && !byCorrelation ? 'version' : 'position'
  return {
    sql: `select ${EVENT_COLUMNS} from event${where} order by ${key} ${order} limit ?`,
    parameters: [...parameters, limit],
  }
}

/** The window of positions that a query reads first, and what is left of it after that. */
export function splitWindow(
  query: PositionQuery,
  head: Position,
  size: number,
): { readonly first: PositionQuery; readonly rest: PositionQuery | null } {
  const after = query.after ?? BEFORE_ALL
  const before = Math.min(query.before ?? Infinity, head + 1) as Position
  if (before - after <= size) return { first: query, rest: null }
  if (query.order === 'DESC') {
    const edge = (before - size) as Position
    return { first: { ...query, after: (edge - 1) as Position }, rest: { ...query, before: edge } }
  }
  const edge = (after + size) as Position
  return { first: { ...query, before: (edge + 1) as Position }, rest: { ...query, after: edge } }
}
