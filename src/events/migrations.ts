import type { Connection } from './database.ts'
import { createEventLogTables } from './migrations/001-event-log.ts'

/**
 * One step of the schema. Runs inside a transaction that the caller opens and closes.
 *
 * Never edited once released: a mistake is mended by the next one.
 */
export type Migration = (db: Connection) => void

/** The first brings a new file to version 1, the second to version 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [createEventLogTables]

/** The file was written by a newer program, which may keep rows that this one would misread. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
  readonly databaseVersion: number
  readonly programVersion: number

  constructor(file: string, databaseVersion: number, programVersion: number) {
    super(`Cannot open "${file}": its schema is version ${databaseVersion}, this program knows up to ${programVersion}`)
    this.databaseVersion = databaseVersion
    this.programVersion = programVersion
  }
}

/**
 * Brings the schema up to date, each step in one transaction with the version it leads to.
 *
 * @throws `DatabaseTooNew`, or the failure of a step: that step then left nothing behind.
 */
export function migrate(db: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  const found = schemaVersion(db)
  if (found > migrations.length) throw new DatabaseTooNew(db.name, found, migrations.length)
  for (const [index, migration] of migrations.entries()) migrateTo(db, index + 1, migration)
}

/**
 * Checks that a file which is only read has the schema of this program.
 *
 * @throws `DatabaseTooNew`, or an error that says that the file was not migrated yet.
 */
export function expectCurrentSchema(db: Connection): void {
  const found = schemaVersion(db)
  const known = MIGRATIONS.length
  if (found > known) throw new DatabaseTooNew(db.name, found, known)
  if (found < known) throw new Error(`Cannot read "${db.name}": its schema is version ${found}, not yet ${known}`)
}

function migrateTo(db: Connection, version: number, migration: Migration): void {
  const step = db.transaction(() => {
    if (schemaVersion(db) >= version) return // Read again under the write lock: another process may have been first.
    migration(db)
    db.pragma(`user_version = ${version}`)
  })
  try {
    step.immediate()
  } catch (cause) {
    throw new Error(`Cannot migrate "${db.name}" to schema version ${version}`, { cause })
  }
}

function schemaVersion(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }))
}
