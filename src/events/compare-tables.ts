import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'

/** How many rows of each table are named. The others are counted. */
const NAMED_ROWS = 10
/** How long the event loop is held, in milliseconds, and how often that is looked at. */
const TURN_MS = 5
const LOOK_EVERY_ROWS = 50

type Value = string | number | Uint8Array | null
type Row = readonly Value[]

/** A row that is not as it was rebuilt. */
export interface RowDifference {
  /** MISSING: it is not there; SURPLUS: nothing was recorded that led to it; CHANGED: it is another. */
  readonly kind: 'MISSING' | 'SURPLUS' | 'CHANGED'
  /** Its key: values by the names of their columns. */
  readonly key: Readonly<Record<string, Value>>
  /** The columns that differ; none unless it was changed. */
  readonly columns: readonly string[]
}

/** A table that is not what the log says. */
export interface TableDifference {
  readonly table: string
  /** OTHER_COLUMNS: it is not there, or was altered, and no row of it was compared. */
  readonly kind: 'ROWS' | 'OTHER_COLUMNS'
  /** The first of those that differ, in the order of their keys. */
  readonly rows: readonly RowDifference[]
  /** How many differ. */
  readonly count: number
}

/** A column of a table, as SQLite describes it. */
export interface Column {
  readonly name: string
  readonly type: string
  /** Its place in the key, from 1; 0 where it is no part of it. */
  readonly pk: number
}

/**
 * Compares a table in two databases, row by row in the order of its key.
 *
 * @param live Inside a transaction, if somebody writes to it meanwhile.
 * @returns Null where all rows are equal.
 */
export async function compareTable(
  live: Connection,
  rebuilt: Connection,
  table: string,
): Promise<TableDifference | null> {
  const columns = columnsOf(rebuilt, table)
  if (JSON.stringify(columnsOf(live, table)) !== JSON.stringify(columns)) {
    return { table, kind: 'OTHER_COLUMNS', rows: [], count: 0 }
  }
  const [found, expected] = [rowsOf(live, table, columns), rowsOf(rebuilt, table, columns)]
  const rows: RowDifference[] = []
  let [count, steps, turnEndsAt] = [0, 0, performance.now() + TURN_MS]
  try {
    let [one, other] = [next(found), next(expected)]
    while (one !== null || other !== null) {
      const order = compareKeys(one, other, columns)
      const difference = differenceOf(order <= 0 ? one : null, order >= 0 ? other : null, columns)
      if (difference !== null) count += 1
      if (difference !== null && rows.length < NAMED_ROWS) rows.push(difference)
      if (order <= 0) one = next(found)
      if (order >= 0) other = next(expected)
      steps += 1
      if (steps % LOOK_EVERY_ROWS === 0 && performance.now() > turnEndsAt) {
        await setImmediate()
        turnEndsAt = performance.now() + TURN_MS
      }
    }
  } finally {
    found.return?.()
    expected.return?.()
  }
  return count === 0 ? null : { table, kind: 'ROWS', rows, count }
}

/** @param schema Where the table is: the database itself, or one that is attached. @returns None where it is not there. */
export function columnsOf(db: Connection, table: string, schema = 'main'): readonly Column[] {
  return db.prepare<[string, string], Column>('select name, type, pk from pragma_table_info(?, ?)').all(table, schema)
}

function rowsOf(db: Connection, table: string, columns: readonly Column[]): IterableIterator<Row> {
  const key = keyOf(columns).map(({ name }) => `"${name}"`)
  const names = columns.map(({ name }) => `"${name}"`)
  const order = key.length === 0 ? 'rowid' : key.join(', ')
  return db
    .prepare<[], Row>(`select ${names.join(', ')} from "${table}" order by ${order}`)
    .raw()
    .iterate()
}

function keyOf(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk)
}

function next(rows: IterableIterator<Row>): Row | null {
  const step = rows.next()
  return step.done === true ? null : step.value
}

/** The end comes after all rows. */
function compareKeys(one: Row | null, other: Row | null, columns: readonly Column[]): number {
  if (one === null || other === null) return one === null ? 1 : -1
  for (const column of keyOf(columns)) {
    const index = columns.indexOf(column)
    const order = compareValues(one[index] ?? null, other[index] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** As SQLite orders them: null, numbers, texts by their UTF-8, bytes. */
function compareValues(one: Value, other: Value): number {
  const rank = rankOf(one) - rankOf(other)
  if (rank !== 0 || one === null || other === null) return rank
  if (typeof one === 'number') return one - Number(other)
  return Buffer.compare(Buffer.from(one), Buffer.from(other as string | Uint8Array))
}

function rankOf(value: Value): number {
  if (value === null) return 0
  if (typeof value === 'number') return 1
  return typeof value === 'string' ? 2 : 3
}

function differenceOf(live: Row | null, rebuilt: Row | null, columns: readonly Column[]): RowDifference | null {
  const row = live ?? rebuilt
  if (row === null) return null
  const isChanged = (_column: Column, index: number): boolean =>
    compareValues(live?.[index] ?? null, rebuilt?.[index] ?? null) !== 0
  const changed = live === null || rebuilt === null ? [] : columns.filter(isChanged)
  if (live !== null && rebuilt !== null && changed.length === 0) return null
  const kind = live === null ? 'MISSING' : rebuilt === null ? 'SURPLUS' : 'CHANGED'
  const key = Object.fromEntries(keyOf(columns).map((column) => [column.name, row[columns.indexOf(column)] ?? null]))
  return { kind, key, columns: changed.map(({ name }) => name) }
}
