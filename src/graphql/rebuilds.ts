import type { UnixMillis } from '../domain/time.ts'
import type { Position } from '../events/recorded-event.ts'

/** Read models that are rebuilt from the log, or were last. Sampled, never recorded. */
export interface Rebuild {
  /** REBUILDING beside those that are read; SWAPPING: commands wait; FINISHED; FAILED: the old ones are as they were. */
  readonly state: 'REBUILDING' | 'SWAPPING' | 'FINISHED' | 'FAILED'
  /** The rebuilt ones are as of this event. */
  readonly position: Position
  /** The newest event, as far as the rebuild knows. */
  readonly headPosition: Position
  readonly eventsPerSecond: number
  readonly startedAt: UnixMillis
  readonly finishedAt: UnixMillis | null
  /** Why it failed; null unless it did. */
  readonly error: string | null
}

/** Read models are being rebuilt: one rebuild at a time. */
export interface RebuildIsRunning {
  readonly type: 'RebuildIsRunning'
}

/** What the API asks about rebuilds. */
export interface RebuildReader {
  /** The one that goes on, or the last one; null where none was asked for since the process began. */
  rebuild(): Rebuild | null
}
