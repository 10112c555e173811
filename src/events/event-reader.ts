import { setImmediate } from 'node:timers/promises'
import type { Statement } from 'better-sqlite3'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { createChainedReader, type ReadChained } from './chained-rows.ts'
import { type Connection, openReadOnly } from './database.ts'
import { decodeEvent, decodeFact, type FactRow } from './event-codec.ts'
import type { EventQuery, Fault, Receipt } from './event-log.ts'
import { isIndexed, planEventSelect, type KeyedQuery, type PositionQuery } from './event-query.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { expectKnownEvents } from './known-events.ts'
import { expectCurrentSchema } from './migrations.ts'
import { createQueryWindows, type QueryWindows } from './query-windows.ts'
import { createReceiptFinder } from './receipts.ts'
import { type Actor, BEFORE_ALL, type LogId, type Position, type Recorded, type StreamName } from './recorded-event.ts'
import { type ChainEnd, type TellProgress, verifyChain } from './verify-chain.ts'

const PAGE_EVENTS = 500

/** A fact, where it stands in the log, and when it was recorded. */
export type RecordedFact = Pick<Recorded, 'position' | 'recordedAt' | 'event'>

/**
 * Reads the log over a read-only connection: beside the writer, or alone where another process writes.
 *
 * Every page is one short statement, so no read keeps the WAL from being cut.
 */
export class EventReader {
  readonly logId: LogId
  readonly findReceipt: (actor: Actor, key: string) => Receipt | null
  readonly readChained: ReadChained
  readonly #db: Connection
  readonly #select: (sql: string) => ReturnType<typeof prepareRows>
  readonly #inStream: ReturnType<typeof prepareRows>
  readonly #facts: Statement<[number, number], readonly [recordedAt: number, ...FactRow]>
  readonly #head: Statement<[], number>
  readonly #windows: QueryWindows
  readonly #recordedAtOrAfter: Statement<[number], number>

  /** @throws `DatabaseTooNew`, `UnknownEvent`, or when the file does not exist or is not a log. */
  constructor(file: string) {
    this.#db = openReadable(file)
    this.logId = readLogId(this.#db)
    this.findReceipt = createReceiptFinder(this.#db)
    this.readChained = createChainedReader(this.#db)
    this.#select = cached((sql) => prepareRows(this.#db, sql))
    this.#inStream = prepareRows(
      this.#db,
      `select ${EVENT_COLUMNS} from event where stream = ? and version > ? order by version limit ?`,
    )
    this.#facts = this.#db
      .prepare<[number, number], readonly [recordedAt: number, ...FactRow]>(
        'select recorded_at, position, stream, type, schema_version, data from event where position > ? order by position limit ?',
      )
      .raw()
    this.#head = this.#db.prepare<[], number>('select position from log_head').pluck()
    this.#windows = createQueryWindows(this.#db, () => this.head())
    this.#recordedAtOrAfter = this.#db
      .prepare<[number], number>('select recorded_at from event where position >= ? order by position limit 1')
      .pluck()
  }

  /** One page of events. @throws When the limit is not from 1 to 1000, or an event is unknown to this program. */
  async read(query: EventQuery): Promise<readonly Recorded[]> {
    const keyed = this.#windows.byKey(this.#withinTime(query))
    if (isIndexed(keyed)) return this.#readNow(keyed)
    const found: Recorded[] = []
    let { first, rest } = this.#windows.split(keyed)
    for (;;) {
      found.push(...this.#readNow({ ...first, limit: query.limit - found.length }))
      if (rest === null || found.length === query.limit) return found
      await setImmediate()
      ;({ first, rest } = this.#windows.split(rest))
    }
  }

  /** The next events of all the log, in this turn of the event loop. @throws As `read`. */
  readNext(after: Position, limit: number): readonly Recorded[] {
    return this.#readNow({ after, limit })
  }

  /** The same without what is known of who wished it: faster, for who only folds. */
  readFacts(after: Position, limit: number): readonly RecordedFact[] {
    return this.#facts.all(after, limit).map(([recordedAt, ...row]) => {
      return { position: row[0] as Position, recordedAt: recordedAt as UnixMillis, event: decodeFact(row) }
    })
  }

  #readNow(query: KeyedQuery): readonly Recorded[] {
    const { sql, parameters } = planEventSelect(query)
    return this.#select(sql)
      .all(...parameters)
      .map((row) => decodeEvent(row))
  }

  /** Time never falls along the log, so a range of time is a range of positions. */
  #withinTime({ recordedFrom, recordedTo, ...query }: EventQuery): PositionQuery {
    const { after = BEFORE_ALL, before = Number.MAX_SAFE_INTEGER } = query
    const from = recordedFrom === undefined ? BEFORE_ALL : this.#firstRecordedAt(recordedFrom) - 1
    const to = recordedTo === undefined ? Number.MAX_SAFE_INTEGER : this.#firstRecordedAt(recordedTo)
    return { ...query, after: Math.max(after, from) as Position, before: Math.min(before, to) as Position }
  }

  /** The position of the first event recorded at or after a time; the one after the head where there is none. */
  #firstRecordedAt(time: UnixMillis): number {
    let low = 1
    let high = this.head() + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const recordedAt = this.#recordedAtOrAfter.get(middle)
      if (recordedAt !== undefined && recordedAt < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** All events of a stream after a version, in pages that yield to the event loop. */
  async *readStream(stream: StreamName, afterVersion = 0): AsyncGenerator<Recorded, undefined> {
    let version = afterVersion
    for (;;) {
      const rows = this.#inStream.all(stream, version, PAGE_EVENTS)
      for (const row of rows) {
        const recorded = decodeEvent(row)
        yield recorded
        version = recorded.version
      }
      if (rows.length < PAGE_EVENTS) return
      await setImmediate()
    }
  }

  /** The position of the newest event; 0 for an empty log. */
  head(): Position {
    return (this.#head.get() ?? 0) as Position
  }

  /** Checks chain, versions and head. @returns Where the chain ends; the first fault when it is not as it was written. */
  verify(onProgress?: TellProgress): Promise<Result<ChainEnd, Fault>> {
    return verifyChain(this.#db, this.logId, onProgress)
  }

  close(): void {
    this.#db.close()
  }
}

function openReadable(file: string): Connection {
  const db = openReadOnly(file)
  try {
    expectCurrentSchema(db)
    expectKnownEvents(db)
    return db
  } catch (cause) {
    db.close()
    throw cause
  }
}

function prepareRows(db: Connection, sql: string) {
  return db.prepare<(string | number)[], EventRow>(sql).raw()
}

function cached<Value>(create: (key: string) => Value): (key: string) => Value {
  const values = new Map<string, Value>()
  return (key) => {
    const known = values.get(key)
    if (known !== undefined) return known
    const value = create(key)
    values.set(key, value)
    return value
  }
}

/** @throws When the log has no identity. */
export function readLogId(db: Connection): LogId {
  const logId = db.prepare<[], string>('select log_id from log_identity').pluck().get()
  if (logId === undefined) throw new Error(`Cannot read "${db.name}": the log has no identity`)
  return logId as LogId
}
