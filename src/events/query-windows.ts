import type { Statement } from 'better-sqlite3'
import type { Connection } from './database.ts'
import { keyOf, splitAt, splitWindow, type KeyedQuery, type PositionQuery, type Window } from './event-query.ts'
import { BEFORE_ALL, type Position } from './recorded-event.ts'
import { createVersionAt } from './stream-versions.ts'

/** How many events are looked at in one turn of the event loop where not all that an index leads to is asked for. */
const WINDOW_EVENTS = 5000

/** Divides queries into such as are answered in a turn of the event loop each. */
export interface QueryWindows {
  /** Turns a range of positions into one of the query's key, which is the order of its index. */
  byKey(query: PositionQuery): KeyedQuery
  split(query: KeyedQuery): Window
}

type Edge = Statement<[correlationId: string, after: number, before: number, offset: number], number>

/** @param head The position of the newest event. */
export function createQueryWindows(db: Connection, head: () => Position): QueryWindows {
  const versionAt = createVersionAt(db)
  const edges = { ASC: prepareEdge(db, 'asc'), DESC: prepareEdge(db, 'desc') }
  return {
    byKey({ after = BEFORE_ALL, before = Number.MAX_SAFE_INTEGER, ...query }) {
      const { stream } = query
      if (stream === undefined || keyOf(query) === 'position') return { ...query, after, before }
      const end = before > head() ? before : versionAt(stream, before - 1) + 1
      return { ...query, after: after === BEFORE_ALL ? after : versionAt(stream, after), before: end }
    },
    split(query) {
      const { stream, correlationId, after = BEFORE_ALL, before = Number.MAX_SAFE_INTEGER, order = 'ASC' } = query
      if (correlationId === undefined) {
        return splitWindow(query, stream === undefined ? head() : versionAt(stream, head()), WINDOW_EVENTS)
      }
      // What has a correlation id in common stands far apart in the log: its events are counted, not those in between.
      const edge = edges[order].get(correlationId, after, before, WINDOW_EVENTS - 1)
      return edge === undefined ? { first: query, rest: null } : splitAt(query, edge)
    },
  }
}

/** Finds the position of the event with a correlation id that comes so many after the first within a range. */
function prepareEdge(db: Connection, order: 'asc' | 'desc'): Edge {
  const range = 'correlation_id = ? and position > ? and position < ?'
  const sql = `select position from event where ${range} order by position ${order} limit 1 offset ?`
  return db.prepare<[string, number, number, number], number>(sql).pluck()
}
