import { prepareAppendStatements, type AppendStatements } from './append-statements.ts'
import { openWriter, type Connection } from './database.ts'
import { decodeEvent } from './event-codec.ts'
import type { EventRow } from './event-row.ts'
import { genesisLink, leafHash, nextLink } from './hash-chain.ts'
import { migrate } from './migrations.ts'
import { bringProjectionsUpToDate, createProjectionRunner } from './projection-runner.ts'
import type { Projection } from './projection.ts'
import type { LogId, Recorded } from './recorded-event.ts'

/** How many rows share a transaction. */
const TRANSACTION_ROWS = 1000

/**
 * Writes a log anew from its rows, in a file of its own, with the leaves, links and read models that follow from them.
 *
 * The file is no log before `finish`, whatever it looks like: it belongs where nobody takes it for one.
 */
export class LogImport {
  readonly #db: Connection
  readonly #statements: AppendStatements
  readonly #project: (recorded: Recorded) => void
  readonly #versions = new Map<string, number>()
  #position = 0
  #link: Uint8Array

  /** @param file Must not exist. */
  constructor(file: string, logId: LogId, projections: readonly Projection[]) {
    this.#db = openWriter(file)
    migrate(this.#db)
    bringProjectionsUpToDate(this.#db, projections, () => [])
    this.#db.prepare('update log_identity set log_id = ?').run(logId)
    this.#link = genesisLink(logId)
    this.#statements = prepareAppendStatements(this.#db)
    this.#project = createProjectionRunner(this.#db, projections)
  }

  /** Where the chain ends so far. */
  get head(): { readonly position: number; readonly link: Uint8Array } {
    return { position: this.#position, link: this.#link }
  }

  /**
   * Appends a row as it was written.
   *
   * @throws When it does not come next in the log or in its stream, or is no event that this program knows.
   */
  add(row: EventRow): void {
    const [position, stream, version] = row
    if (position !== this.#position + 1) throw new Error(`position ${position} does not come after ${this.#position}`)
    const before = this.#versions.get(stream) ?? 0
    if (version !== before + 1) throw new Error(`version ${version} of ${stream} does not come after ${before}`)
    if (!this.#db.inTransaction) this.#statements.begin.run()
    const leaf = leafHash(row)
    const link = nextLink(this.#link, leaf)
    this.#statements.insertEvent.run(row, leaf, link)
    this.#project(decodeEvent(row))
    this.#versions.set(stream, version)
    this.#position = position
    this.#link = link
    if (position % TRANSACTION_ROWS === 0) this.#commit()
  }

  /** Makes it the log that it was. */
  finish(): void {
    // A log without events has a head too: the link that covers its id.
    if (!this.#db.inTransaction) this.#statements.begin.run()
    this.#commit()
  }

  close(): void {
    if (!this.#db.open) return
    if (this.#db.inTransaction) this.#statements.rollback.run()
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
    this.#db.close()
  }

  #commit(): void {
    this.#statements.moveHead.run(this.#position, this.#link)
    this.#statements.commit.run()
  }
}
