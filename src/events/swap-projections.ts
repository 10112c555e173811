import { columnsOf } from './compare-tables.ts'
import { type Connection, openWriter } from './database.ts'
import { createProjectionTables } from './projection-runner.ts'
import type { Projection } from './projection.ts'
import type { Position } from './recorded-event.ts'

/**
 * Puts rebuilt rows of projections in the place of those that the log keeps, in one transaction: whoever reads meanwhile
 * sees the old ones, and then the new ones.
 *
 * Tables that are not there, or have other columns, are made anew.
 *
 * Holds the write lock for as long as it takes to copy the tables. Appends have to be held back meanwhile, as they would
 * hold the event loop while they wait for the lock.
 *
 * @param rebuiltFile A database with the tables of the projections, as of the position.
 * @throws When something was appended since. The old rows are then as they were, as after any failure.
 */
export function swapProjections(
  file: string,
  rebuiltFile: string,
  projections: readonly Projection[],
  position: Position,
): void {
  const db = openWriter(file)
  try {
    db.prepare('attach ? as rebuilt').run(rebuiltFile)
    const swap = db.transaction(() => {
      const head = db.prepare<[], number>('select position from log_head').pluck().get()
      if (head !== position) throw new Error(`Cannot swap read models of position ${position}: the log is at ${head}`)
      createProjectionTables(
        db,
        projections.filter((projection) => isAltered(db, projection)),
      )
      for (const table of projections.flatMap(({ tables }) => tables)) {
        db.exec(`delete from main."${table}"; insert into main."${table}" select * from rebuilt."${table}"`)
      }
    })
    swap.immediate()
  } finally {
    db.close()
  }
}

function isAltered(db: Connection, { tables }: Projection): boolean {
  return tables.some((table) => {
    return JSON.stringify(columnsOf(db, table)) !== JSON.stringify(columnsOf(db, table, 'rebuilt'))
  })
}
