import type { Connection } from './database.ts'
import type { Position, StreamName } from './recorded-event.ts'

/** Says which version a stream was at right after the event at a position; 0 before its first. */
export type VersionAt = (stream: StreamName, position: number) => number

/**
 * Prepares to look versions up by bisecting: within a stream they rise with positions, but no index leads from one to the
 * other, and to walk that of a long stream would hold the event loop.
 */
export function createVersionAt(db: Connection): VersionAt {
  const newest = db.prepare<[string], number | null>('select max(version) from event where stream = ?').pluck()
  const positionOf = db
    .prepare<[string, number], Position>('select position from event where stream = ? and version = ?')
    .pluck()
  return (stream, position) => {
    let [low, high] = [0, newest.get(stream) ?? 0]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((positionOf.get(stream, middle) ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low
  }
}
