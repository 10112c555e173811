import type { Connection } from '../../src/events/database.ts'

/**
 * Changes one column of one row of a table, or removes the row where no column is named.
 *
 * @returns False where the row has nothing in the column.
 */
export function meddleWithRow(db: Connection, table: string, column: string | null): boolean {
  const keys = db
    .prepare<[string], string>('select name from pragma_table_info(?) where pk > 0 order by pk')
    .pluck()
    .all(table)
    .map((name) => `"${name}"`)
  const row = `(${keys.join(', ')}) = (select ${keys.join(', ')} from "${table}" limit 1)`
  if (column === null) return db.prepare(`delete from "${table}" where ${row}`).run().changes === 1
  const put = `case typeof("${column}") when 'text' then "${column}" || '!' else "${column}" + 1 end`
  return (
    db.prepare(`update "${table}" set "${column}" = ${put} where ${row} and "${column}" is not null`).run().changes ===
    1
  )
}
