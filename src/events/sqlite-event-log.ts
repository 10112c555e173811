import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { Appender } from './appender.ts'
import type { ChainedRow } from './chained-rows.ts'
import { type Connection, openWriter } from './database.ts'
import { decodeEvent } from './event-codec.ts'
import { createEventIdSource } from './event-id.ts'
import type { Append, Appended, AppendRefusal, EventLog, EventQuery, Fault, Receipt } from './event-log.ts'
import { EventReader } from './event-reader.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { refuseUnknownEvents } from './known-events.ts'
import { migrate } from './migrations.ts'
import type { Projection } from './projection.ts'
import { bringProjectionsUpToDate, createProjectionRunner } from './projection-runner.ts'
import { RecentEvents } from './recent-events.ts'
import {
  type Actor,
  BEFORE_ALL,
  type EventId,
  type LogId,
  type Position,
  type Recorded,
  type StreamName,
} from './recorded-event.ts'
import { followLog } from './tail.ts'
import type { TellProgress } from './verify-chain.ts'

const REPLAY_PAGE_EVENTS = 1000
const TELL_EVERY_MS = 2000

export interface EventLogOptions {
  /** The database file; it is made if it does not exist, in a directory that does. */
  readonly file: string
  /** The read models that the log keeps. Those whose version changed are rebuilt before the log opens. */
  readonly projections: readonly Projection[]
  /** The clock, in Unix milliseconds; the system's by default. */
  readonly now?: () => UnixMillis
  /** Makes the ids of events; UUIDv7 by default. */
  readonly createId?: () => EventId
  /** Told each time that somebody who followed the log live fell behind, and reads it from disk from now on. */
  readonly onFellBehind?: () => void
  /** Told how far a rebuild is that takes long, every two seconds; it holds the event loop. */
  readonly onRebuilding?: TellProgress
}

/**
 * Opens the event log in an SQLite file. Hold the lock of the data directory first.
 *
 * @throws `UnknownEvent` where the log holds an event of a newer program: then nothing at all was written. `DatabaseTooNew`,
 *   or when the file cannot be opened, migrated, or a projection rebuilt.
 */
export function openEventLog(options: EventLogOptions): EventLog {
  refuseUnknownEvents(options.file)
  const db = openWriter(options.file)
  try {
    migrate(db)
    bringProjectionsUpToDate(db, options.projections, () => allEvents(db, options.onRebuilding))
    return new SqliteEventLog(db, options)
  } catch (cause) {
    db.close()
    throw cause
  }
}

class SqliteEventLog implements EventLog {
  readonly logId: LogId
  readonly #db: Connection
  readonly #reader: EventReader
  readonly #appender: Appender
  readonly #recent: RecentEvents
  readonly #onFellBehind: () => void
  #head: Position
  /** Settles when appends may go on; null while they may. */
  #held: Promise<void> | null = null

  constructor(db: Connection, { file, projections, now, createId, onFellBehind }: EventLogOptions) {
    this.#db = db
    this.#reader = new EventReader(file)
    this.logId = this.#reader.logId
    this.#appender = new Appender({
      db,
      project: createProjectionRunner(db, projections),
      now: now ?? (() => Date.now() as UnixMillis),
      createId: createId ?? createEventIdSource(),
    })
    this.#head = this.#reader.head()
    this.#recent = new RecentEvents(this.#head)
    this.#onFellBehind = onFellBehind ?? (() => undefined)
  }

  head(): Position {
    return this.#head
  }

  async append(appends: readonly Append[]): Promise<readonly Result<Appended, AppendRefusal>[]> {
    while (this.#held !== null) await this.#held
    const { outcomes, events, before, head } = this.#appender.write(appends)
    this.#head = head
    if (events.length > 0) this.#recent.add(before, events)
    return outcomes
  }

  async findReceipt(actor: Actor, key: string): Promise<Receipt | null> {
    return this.#reader.findReceipt(actor, key)
  }

  async read(query: EventQuery): Promise<readonly Recorded[]> {
    return this.#reader.read(query)
  }

  readStream(stream: StreamName, afterVersion?: number): AsyncIterable<Recorded> {
    return this.#reader.readStream(stream, afterVersion)
  }

  tail(after: Position, signal: AbortSignal): AsyncIterableIterator<Recorded> {
    const readPage = (position: Position, limit: number): readonly Recorded[] => this.#reader.readNext(position, limit)
    return followLog({ recent: this.#recent, readPage, onFellBehind: this.#onFellBehind }, after, signal)
  }

  readChained(after: Position, upTo: Position): AsyncIterable<readonly ChainedRow[]> {
    return this.#reader.readChained(after, upTo)
  }

  async whileHeld<Value>(work: () => Promise<Value>): Promise<Value> {
    while (this.#held !== null) await this.#held
    const { promise, resolve: release } = Promise.withResolvers<void>()
    this.#held = promise
    try {
      return await work()
    } finally {
      this.#held = null
      release()
    }
  }

  async verify(): Promise<Fault | null> {
    const verified = await this.#reader.verify()
    return verified.ok ? null : verified.error
  }

  async close(): Promise<void> {
    if (!this.#db.open) return
    this.#recent.close()
    this.#reader.close() // First, so that the checkpoint finds no reader and can empty the WAL.
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
    this.#db.close()
  }
}

/** The whole log, over the connection whose transaction rebuilds the projections. */
function* allEvents(db: Connection, tell: TellProgress = () => undefined): Generator<Recorded, undefined> {
  const page = db
    .prepare<[number, number], EventRow>(
      `select ${EVENT_COLUMNS} from event where position > ? order by position limit ?`,
    )
    .raw()
  const head = db.prepare<[], Position>('select position from log_head').pluck().get() ?? BEFORE_ALL
  let [position, toldAt] = [0, performance.now()]
  for (;;) {
    const rows = page.all(position, REPLAY_PAGE_EVENTS)
    for (const row of rows) {
      yield decodeEvent(row)
      position = row[0]
    }
    if (rows.length < REPLAY_PAGE_EVENTS) return
    if (performance.now() - toldAt < TELL_EVERY_MS) continue
    tell(position as Position, head)
    toldAt = performance.now()
  }
}
