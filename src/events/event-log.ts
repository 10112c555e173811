import type { DomainEvent, EventType } from '../domain/events.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { ChainedRow } from './chained-rows.ts'
import type { Actor, EventId, EventMeta, LogId, Position, Recorded, StreamName } from './recorded-event.ts'

/** A wish that was granted, kept so that the same wish sent twice is granted once. */
export interface Receipt {
  readonly actor: Actor
  readonly key: string
  readonly commandType: string
  /** SHA-256 of the canonical JSON of the wish, in hex. */
  readonly inputHash: string
  /** What was answered, as JSON. */
  readonly result: unknown
  /** The last event that the wish led to; null when it led to none. */
  readonly position: Position | null
}

/** Events for one stream that are written together or not at all. */
export interface Append {
  readonly stream: StreamName
  /** The version that the stream must be at: 0 when it must not exist yet. */
  readonly expectedVersion: number
  readonly events: readonly DomainEvent[]
  readonly meta: EventMeta
  readonly receipt: Omit<Receipt, 'actor' | 'position'> | null
}

/** Somebody else appended to the stream first. Nothing of this append was written. */
export interface WrongExpectedVersion {
  readonly type: 'WrongExpectedVersion'
  readonly stream: StreamName
  readonly expected: number
  readonly found: number
}

/** The key was used before, by the same actor, for another wish. */
export interface IdempotencyKeyReused {
  readonly type: 'IdempotencyKeyReused'
  readonly key: string
}

/** The key was used before for this very wish: here is what was answered. */
export interface AlreadyAppended {
  readonly type: 'AlreadyAppended'
  readonly receipt: Receipt
}

/** A projection or the database failed on this append alone. Nothing of it was written. */
export interface AppendFailed {
  readonly type: 'AppendFailed'
  readonly cause: unknown
}

export type AppendRefusal = WrongExpectedVersion | IdempotencyKeyReused | AlreadyAppended | AppendFailed

/** What was written, in order; nothing where the append had no events. */
export interface Appended {
  readonly events: readonly Recorded[]
}

/**
 * Which events to read. All conditions hold together.
 *
 * `after` and `before` are themselves left out; time is from `recordedFrom` on, and before `recordedTo`.
 */
export interface EventQuery {
  readonly after?: Position
  readonly before?: Position
  readonly stream?: StreamName
  readonly types?: readonly EventType[]
  readonly actor?: Actor
  readonly correlationId?: string
  /** The event of this id. With its correlation id it is found at once, else window by window. */
  readonly id?: EventId
  /** What this event led to; as fast. All that follows from a wish has its correlation id. */
  readonly causationId?: EventId
  readonly recordedFrom?: UnixMillis
  readonly recordedTo?: UnixMillis
  /** At most this many, 1 to 1000. */
  readonly limit: number
  /** ASC by default; DESC reads from the newest back. */
  readonly order?: 'ASC' | 'DESC'
}

/** The first place where the log is not what was written. */
export interface Fault {
  readonly position: Position
  readonly code: 'CHANGED' | 'MISSING' | 'VERSION_GAP' | 'CUT_OFF' | 'HEAD_MISMATCH'
}

/**
 * The record of all that happened, append-only and in one order.
 *
 * Asynchronous, so that a log on another database can stand in; every log passes the conformance
 * suite in test/events/conformance.ts.
 */
export interface EventLog {
  readonly logId: LogId

  /** The position of the newest event; 0 for an empty log. */
  head(): Position

  /**
   * Writes appends in one durable transaction, each on a savepoint of its own.
   *
   * @returns One outcome for each append, in order, after the commit that holds it.
   * @throws When the transaction as a whole fails: then nothing was written.
   */
  append(appends: readonly Append[]): Promise<readonly Result<Appended, AppendRefusal>[]>

  /** The receipt of an earlier wish, or null. */
  findReceipt(actor: Actor, key: string): Promise<Receipt | null>

  /** One page of events. Keeps no cursor open. */
  read(query: EventQuery): Promise<readonly Recorded[]>

  /** All events of a stream after `afterVersion`, in pages that yield to the event loop. */
  readStream(stream: StreamName, afterVersion?: number): AsyncIterable<Recorded>

  /**
   * All events after a position: the backlog, then each new one as it is committed.
   *
   * No gap, no duplicate, in order; woken by the commit. Ends when `signal` aborts.
   */
  tail(after: Position, signal: AbortSignal): AsyncIterable<Recorded>

  /** What was hashed and stored, after a position and up to another, in pages that yield to the event loop. */
  readChained(after: Position, upTo: Position): AsyncIterable<readonly ChainedRow[]>

  /**
   * Does work while appends wait: none is refused, and reads go on. What asks meanwhile for the same waits its turn.
   *
   * @throws What the work throws, after which appends go on too.
   */
  whileHeld<Value>(work: () => Promise<Value>): Promise<Value>

  /** Checks chain, versions and head; null when all is as it was written. */
  verify(): Promise<Fault | null>

  /** Checkpoints and closes. Appends that are under way are finished first. */
  close(): Promise<void>
}
