import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Connection } from './database.ts'
import { encodeEvent } from './event-codec.ts'
import type { Append, Appended, AppendRefusal } from './event-log.ts'
import { type AppendStatements, prepareAppendStatements } from './append-statements.ts'
import { leafHash, nextLink } from './hash-chain.ts'
import { createReceiptBook, type ReceiptBook } from './receipts.ts'
import type { EventId, Position, Recorded, StreamName } from './recorded-event.ts'

/** The end of the log inside a transaction: it moves with each event and back with each failure. */
interface Tip {
  position: Position
  link: Uint8Array
  recordedAt: UnixMillis
  /** When the transaction began. */
  readonly now: UnixMillis
}

type TryAppend = (append: Append, tip: Tip) => Result<Appended, AppendRefusal>

/** One append of a transaction failed, through no fault of the others. */
class AppendFault extends Error {
  constructor({ stream, expectedVersion }: Append, cause: unknown) {
    super(`Cannot append to stream "${stream}" at version ${expectedVersion}`, { cause })
  }
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
  readonly #statements: AppendStatements

  constructor(options: AppenderOptions) {
    this.#db = options.db
    this.#options = options
    this.#receipts = createReceiptBook(options.db)
    this.#statements = prepareAppendStatements(options.db)
  }

  /**
   * Decides each append on what the one before left, and commits what was granted.
   *
   * Appends hardly ever fail, and a savepoint makes SQLite copy each page that is written after it. So a group is
   * first tried without; if one of its appends fails, all is rolled back and done again, each on its own savepoint.
   *
   * @throws When the transaction cannot be begun or committed. Nothing of it is then written.
   */
  write(appends: readonly Append[]): Committed {
    try {
      return this.#transact(appends, (append, tip) => this.#append(append, tip))
    } catch (cause) {
      if (!(cause instanceof AppendFault)) throw cause
      return this.#transact(appends, (append, tip) => this.#appendOnSavepoint(append, tip))
    }
  }

  #transact(appends: readonly Append[], tryAppend: TryAppend): Committed {
    const { begin, commit, rollback, moveHead } = this.#statements
    begin.run()
    try {
      const tip = this.#readTip()
      const before = tip.position
      const outcomes = appends.map((append) => tryAppend(append, tip))
      if (tip.position !== before) moveHead.run(tip.position, tip.link)
      this.#receipts.prune(tip.now)
      commit.run()
      const events = outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.events : []))
      return { outcomes, events, before, head: tip.position }
    } catch (cause) {
      // SQLite has already rolled back after some faults, such as a full disk.
      if (this.#db.inTransaction) rollback.run()
      if (cause instanceof AppendFault) throw cause
      throw new Error(`Cannot commit ${appends.length} appends to "${this.#db.name}"`, { cause })
    }
  }

  #appendOnSavepoint(append: Append, tip: Tip): Result<Appended, AppendRefusal> {
    const { savepoint, rollbackToSavepoint, release } = this.#statements
    const { position, link, recordedAt } = tip
    savepoint.run()
    try {
      const outcome = this.#append(append, tip)
      release.run()
      return outcome
    } catch (fault) {
      if (!(fault instanceof AppendFault) || !this.#db.inTransaction) throw fault
      rollbackToSavepoint.run()
      release.run()
      Object.assign(tip, { position, link, recordedAt })
      return err({ type: 'AppendFailed', cause: fault.cause })
    }
  }

  /** @throws `AppendFault` after which some of the append may be written. A refusal has written nothing. */
  #append(append: Append, tip: Tip): Result<Appended, AppendRefusal> {
    const { stream, expectedVersion: expected } = append
    const found = this.#versionOf(stream, expected)
    if (found !== expected) {
      return err(this.#refusalByReceipt(append) ?? { type: 'WrongExpectedVersion', stream, expected, found })
    }
    try {
      return this.#insert(append, tip)
    } catch (cause) {
      throw new AppendFault(append, cause)
    }
  }

  #insert(append: Append, tip: Tip): Result<Appended, AppendRefusal> {
    const count = append.events.length
    const last = count === 0 ? null : ((tip.position + count) as Position)
    if (!this.#receipts.keep(append, last, tip.now)) {
      const refusal = this.#refusalByReceipt(append)
      if (refusal !== null) return err(refusal)
    }
    const recordedAt = Math.max(tip.now, tip.recordedAt) as UnixMillis
    const { actor, correlationId, causationId } = append.meta
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
      const recorded: Recorded = { ...place, actor, correlationId, causationId, event }
      this.#options.project(recorded)
      return recorded
    })
    return ok({ events })
  }

  /**
   * The version that the stream is at. Versions have no gaps, so two rows tell, and to count them is faster
   * than to ask for the newest.
   */
  #versionOf(stream: StreamName, expected: number): number {
    const { countVersions, newestVersion } = this.#statements
    const isAtExpected = countVersions.get(stream, expected, expected + 1) === (expected === 0 ? 0 : 1)
    return isAtExpected ? expected : (newestVersion.get(stream) ?? 0)
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
    return {
      position: position as Position,
      link,
      recordedAt: (recordedAt ?? 0) as UnixMillis,
      now: this.#options.now(),
    }
  }
}
