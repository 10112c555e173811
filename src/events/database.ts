import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

/** An open SQLite connection. Whoever opened it closes it. */
export type Connection = Database.Database

/** How long a statement waits for another process's lock before it fails, in milliseconds. */
const BUSY_MS = 5000

/** What every writing connection runs with, and the value that SQLite must confirm. */
const WRITER_PRAGMAS = [
  ['journal_mode', 'wal'],
  ['synchronous', 2], // FULL. WAL mode alone leaves it at NORMAL, which loses commits when the power fails.
  ['recursive_triggers', 1], // Without it, INSERT OR REPLACE deletes rows past the triggers that refuse it.
  ['foreign_keys', 1],
  ['wal_autocheckpoint', 4000], // 16 MB: an append writes ten pages, often the same ones, which a checkpoint writes once.
  ['temp_store', 2], // MEMORY. What a statement may have to undo is else spilled to a file.
] as const

/**
 * Opens the connection that writes, and makes the file if there is none.
 *
 * @throws When the file cannot be opened, or SQLite does not confirm a setting that durability rests on.
 */
export function openWriter(file: string): Connection {
  let db: Connection | null = null
  try {
    db = new Database(file, { timeout: BUSY_MS })
    for (const [pragma, value] of WRITER_PRAGMAS) {
      db.pragma(`${pragma} = ${value}`)
      const found: unknown = db.pragma(pragma, { simple: true })
      if (found !== value) throw new Error(`${pragma} is ${String(found)}, not ${value}`)
    }
    return db
  } catch (cause) {
    db?.close()
    throw new Error(`Cannot write to "${file}"`, { cause })
  }
}

/**
 * Opens a connection that cannot write, beside the writer of this or another process.
 *
 * Keep reads short and no cursor open: the oldest reader decides how far the WAL can be cut.
 *
 * @throws When the file does not exist or cannot be opened.
 */
export function openReadOnly(file: string): Connection {
  return new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS })
}

/**
 * Opens a connection that writes nothing, to a file that nobody else has open. Unlike one that cannot write, it leaves none of
 * SQLite's own files beside it when it is closed; but it would write a write-ahead log back that was there before.
 *
 * @throws When the file does not exist or cannot be opened.
 */
export function openUnchanged(file: string): Connection {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_MS })
  db.pragma('query_only = 1')
  return db
}

/**
 * Opens a query builder over a read-only connection of its own, for the projections' tables.
 *
 * The connection opens with the first query. `destroy()` it before the log closes, so that the
 * log's last checkpoint finds no reader.
 */
export function openReader<Tables>(file: string): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(openReadOnly(file)) }),
  })
}
