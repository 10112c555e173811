import type { Connection } from '../../src/events/database.ts'

/** All rows of some tables, each as text, in an order that does not depend on how they came there. */
export function dumpTables(db: Connection, tables: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    tables.map((table) => {
      const rows = db.prepare(`select * from "${table}"`).all()
      return [table, rows.map((row) => JSON.stringify(row)).sort()]
    }),
  )
}
