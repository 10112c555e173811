import Database from 'better-sqlite3'
import type { Connection } from './database.ts'
import { migrate } from './migrations.ts'

/** A table, trigger or index of the log that is not as the program made it. */
export interface SchemaFault {
  readonly kind: 'table' | 'trigger' | 'index'
  readonly name: string
  /** SURPLUS: nobody but the program has a trigger or index on a table of the log. */
  readonly code: 'MISSING' | 'CHANGED' | 'SURPLUS'
}

interface SchemaObject {
  readonly type: SchemaFault['kind']
  readonly name: string
  readonly tableName: string
  readonly sql: string
}

/**
 * Compares the log's own tables, triggers and indexes with those that a new log gets: without its triggers a log is not
 * append-only, and the hashes do not show it. Tables of read models are compared by a rebuild.
 *
 * @returns None where all are as they were made.
 */
export function checkSchema(db: Connection): readonly SchemaFault[] {
  const made = objectsOfNewLog()
  const tables = new Set(made.map(({ tableName }) => tableName))
  const found = objectsOf(db).filter(({ tableName }) => tables.has(tableName))
  const foundOf = new Map(found.map((object) => [object.name, object]))
  const faults = made.flatMap(({ type: kind, name, sql }): readonly SchemaFault[] => {
    const other = foundOf.get(name)
    if (other === undefined) return [{ kind, name, code: 'MISSING' }]
    return other.type === kind && other.sql === sql ? [] : [{ kind, name, code: 'CHANGED' }]
  })
  const names = new Set(made.map(({ name }) => name))
  const surplus = found.filter(({ name }) => !names.has(name))
  return [...faults, ...surplus.map(({ type: kind, name }) => ({ kind, name, code: 'SURPLUS' }) as const)]
}

function objectsOfNewLog(): readonly SchemaObject[] {
  const db = new Database(':memory:')
  try {
    migrate(db)
    return objectsOf(db)
  } finally {
    db.close()
  }
}

/** What SQLite makes by itself, for keys and for counting, has no text, or a name of SQLite's. */
function objectsOf(db: Connection): readonly SchemaObject[] {
  return db
    .prepare<[], SchemaObject>(
      `select type, name, tbl_name as tableName, sql from sqlite_schema
       where sql is not null and name not like 'sqlite\\_%' escape '\\' order by rowid`,
    )
    .all()
}
