import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { EventLog } from '../events/event-log.ts'
import { BEFORE_ALL, type Position } from '../events/recorded-event.ts'

/** A point in the past: right after the event at a position, or a time with all that was recorded by then. */
export type Moment = { readonly position: Position } | { readonly time: UnixMillis }

/** The log has fewer events. */
export interface PositionBeyondHead {
  readonly type: 'PositionBeyondHead'
  readonly position: Position
  readonly head: Position
}

/** Nothing was recorded by then. */
export interface TimeBeforeLog {
  readonly type: 'TimeBeforeLog'
  readonly time: UnixMillis
  /** When the first event was recorded; null where there is none. */
  readonly firstAt: UnixMillis | null
}

export type MomentRefusal = PositionBeyondHead | TimeBeforeLog

/** The position of the newest event at a moment. Position 0 is before the first; a time may be yet to come. */
export async function findMoment(
  moment: Moment,
  log: Pick<EventLog, 'read' | 'head'>,
): Promise<Result<Position, MomentRefusal>> {
  if ('position' in moment) {
    const [{ position }, head] = [moment, log.head()]
    return position > head ? err({ type: 'PositionBeyondHead', position, head }) : ok(position)
  }
  const { time } = moment
  const [newest] = await log.read({ recordedTo: (time + 1) as UnixMillis, order: 'DESC', limit: 1 })
  if (newest !== undefined) return ok(newest.position)
  const [first] = await log.read({ after: BEFORE_ALL, limit: 1 })
  return err({ type: 'TimeBeforeLog', time, firstAt: first?.recordedAt ?? null })
}
