import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Connection } from './database.ts'
import { encodeEvent } from './event-codec.ts'
import type { Append, Appended, AppendRefusal } from './event-log.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { leafHash, nextLink } from './hash-chain.ts'
import { createReceiptBook, type ReceiptBook } from './receipts.ts'
import type { EventId, Position, Recorded } from './recorded-event.ts'

/** The end of the log inside a transaction: it moves with each event and back with each failure. */
interface Tip {
  position: Position
  link: Uint8Array
  recordedAt: UnixMillis
}

/** What one transaction wrote. */
export interface Committed {
  /** One for each append, in order. */
  readonly outcomes: readonly Result<Appended, AppendRefusal>[]
  readonly events: readonly Recorded[]
  /** The head before the transaction, and after it. */
  readonly before: Position
  readonly head: Position
}

export interface AppenderOptions {
  readonly db: Connection
  readonly project: (recorded: Recorded) => void
  readonly now: () => UnixMillis
  readonly createId: () => EventId
}

/**
 * Writes appends: each call of `write` is one durable transaction.
 *
 * Nothing is remembered between transactions: head, time and versions are read under the write lock. So a rolled
 * back transaction leaves nothing to mend, here or on disk.
 */
export class Appender {
  readonly #db: Connection
  readonly #options: AppenderOptions
  readonly #receipts: ReceiptBook
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(options: AppenderOptions) {
    this.#db = options.db
    this.#options = options
    this.#receipts = createReceiptBook(options.db)
    this.#statements = prepareStatements(options.db)
  }

  /**
   * Decides each append on what the one before left, and commits what was granted.
   *
   * @throws When the transaction cannot be begun or committed. Nothing of it is then written.
   */
  write(appends: readonly Append[]): Committed {
    const { begin, commit, rollback, moveHead } = this.#statements
    begin.run()
    try {
      const now = this.#options.now()
      const tip = this.#readTip()
      const before = tip.position
      const outcomes = appends.map((append) => this.#tryAppend(append, tip, now))
      if (tip.position !== before) moveHead.run(tip.position, tip.link)
      this.#receipts.prune(now)
      commit.run()
      const events = outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.events : []))
      return { outcomes, events, before, head: tip.position }
    } catch (cause) {
      // SQLite has already rolled back after some faults, such as a full disk.
      if (this.#db.inTransaction) rollback.run()
      throw new Error(`Cannot commit ${appends.length} appends to "${this.#db.name}"`, { cause })
    }
  }

  #tryAppend(append: Append, tip: Tip, now: UnixMillis): Result<Appended, AppendRefusal> {
    const { stream, expectedVersion: expected } = append
    const found = this.#statements.streamVersion.get(stream) ?? 0
    if (found !== expected) {
      return err(this.#refusalByReceipt(append) ?? { type: 'WrongExpectedVersion', stream, expected, found })
    }
    const { savepoint, rollbackToSavepoint, release } = this.#statements
    const { position, link, recordedAt } = tip
    savepoint.run()
    try {
      const outcome = this.#append(append, tip, now)
      release.run()
      return outcome
    } catch (cause) {
      if (!this.#db.inTransaction) throw cause
      rollbackToSavepoint.run()
      release.run()
      Object.assign(tip, { position, link, recordedAt })
      return err({ type: 'AppendFailed', cause })
    }
  }

  #append(append: Append, tip: Tip, now: UnixMillis): Result<Appended, AppendRefusal> {
    const count = append.events.length
    const last = count === 0 ? null : ((tip.position + count) as Position)
    if (!this.#receipts.keep(append, last, now)) {
      const refusal = this.#refusalByReceipt(append)
      if (refusal !== null) return err(refusal)
    }
    const recordedAt = Math.max(now, tip.recordedAt) as UnixMillis
    const events = append.events.map((event, index): Recorded => {
      const place = {
        position: (tip.position + 1) as Position,
        stream: append.stream,
        version: append.expectedVersion + index + 1,
        id: this.#options.createId(),
        recordedAt,
      }
      const row = encodeEvent(event, append.meta, place)
      const leaf = leafHash(row)
      tip.link = nextLink(tip.link, leaf)
      tip.position = place.position
      tip.recordedAt = recordedAt
      this.#statements.insertEvent.run(row, leaf, tip.link)
      const { actor, correlationId, causationId } = append.meta
      const recorded: Recorded = { ...place, actor, correlationId, causationId, event }
      this.#options.project(recorded)
      return recorded
    })
    return ok({ events, position: tip.position })
  }

  /** What an earlier use of the append's key answers; null when the key is new. */
  #refusalByReceipt({ receipt, meta }: Append): AppendRefusal | null {
    const earlier = receipt === null ? null : this.#receipts.find(meta.actor, receipt.key)
    if (receipt === null || earlier === null) return null
    const isSameWish = earlier.commandType === receipt.commandType && earlier.inputHash === receipt.inputHash
    return isSameWish
      ? { type: 'AlreadyAppended', receipt: earlier }
      : { type: 'IdempotencyKeyReused', key: receipt.key }
  }

  #readTip(): Tip {
    const row = this.#statements.tip.get()
    if (row === undefined) throw new Error('The log has no head: the row of log_head is gone')
    const [position, link, recordedAt] = row
    return { position: position as Position, link, recordedAt: (recordedAt ?? 0) as UnixMillis }
  }
}

function prepareStatements(db: Connection) {
  return {
    begin: db.prepare<[]>('begin immediate'),
    commit: db.prepare<[]>('commit'),
    rollback: db.prepare<[]>('rollback'),
    savepoint: db.prepare<[]>('savepoint append'),
    rollbackToSavepoint: db.prepare<[]>('rollback to append'),
    release: db.prepare<[]>('release append'),
    tip: db
      .prepare<[], [position: number, link: Uint8Array, recordedAt: number | null]>(
        'select h.position, h.link, e.recorded_at from log_head h left join event e on e.position = h.position',
      )
      .raw(),
    streamVersion: db.prepare<[string], number | null>('select max(version) from event where stream = ?').pluck(),
    insertEvent: db.prepare<[EventRow, Uint8Array, Uint8Array]>(
      `insert into event (${EVENT_COLUMNS}, leaf, link) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    moveHead: db.prepare<[number, Uint8Array]>('update log_head set position = ?, link = ?'),
  }
}
