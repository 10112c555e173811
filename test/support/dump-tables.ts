import type { Connection } from '../../src/events/database.ts'

/** All rows of the tables, sorted, so that databases with the same rows in another order are equal. */
export function dumpTables(db: Connection, tables: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    tables.map((table) => [
      table,
      db
        .prepare(`select * from "${table}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )
}
