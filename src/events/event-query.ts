import type { EventQuery } from './event-log.ts'
import { EVENT_COLUMNS } from './event-row.ts'

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
 * Plans one page of events so that SQLite walks one index in log order and stops at the limit.
 *
 * @throws When the limit is not from 1 to 1000.
 */
export function planEventSelect(query: PositionQuery): EventSelect {
  const { limit, stream, correlationId, types } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_EVENTS) {
    throw new RangeError(`Cannot read ${limit} events: a page has 1 to ${MAX_PAGE_EVENTS}`)
  }
  if (types === undefined || types.length === 1 || stream !== undefined || correlationId !== undefined) {
    return planBranch(query, types)
  }
  // An index on type is in log order for one type only, so several are merged, a page of each.
  const branches = types.map((type) => planBranch(query, [type]))
  if (branches.length === 0) return planBranch(query, [])
  const union = branches.map(({ sql }) => `select * from (${sql})`).join(' union all ')
  return {
    sql: `${union} order by position ${query.order ?? 'ASC'} limit ?`,
    parameters: [...branches.flatMap(({ parameters }) => parameters), limit],
  }
}

function planBranch(query: PositionQuery, types: readonly string[] | undefined): EventSelect {
  const { after, before, stream, actor, correlationId, limit, order = 'ASC' } = query
  const conditions: string[] = []
  const parameters: (string | number)[] = []
  const require = (condition: string, ...values: readonly (string | number)[]): void => {
    conditions.push(condition)
    parameters.push(...values)
  }

  // A plus sign keeps SQLite from taking the index of a condition that selects less than another.
  const plusIf = (better: boolean): string => (better ? '+' : '')
  const byCorrelation = correlationId !== undefined
  const byStream = stream !== undefined
  if (byCorrelation) require('correlation_id = ?', correlationId)
  if (byStream) require(`${plusIf(byCorrelation)}stream = ?`, stream)
  if (types !== undefined) {
    const marks = types.map(() => '?').join(', ')
    require(`${plusIf(byCorrelation || byStream)}type in (${marks})`, ...types)
  }
  if (actor !== undefined) require(`${plusIf(byCorrelation || byStream || types !== undefined)}actor = ?`, actor)
  if (after !== undefined) require('position > ?', after)
  if (before !== undefined) require('position < ?', before)

  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  // Within a stream, versions rise with positions, and that order is the order of the stream's index.
  const key = byStream && !byCorrelation ? 'version' : 'position'
  return {
    sql: `select ${EVENT_COLUMNS} from event${where} order by ${key} ${order} limit ?`,
    parameters: [...parameters, limit],
  }
}
