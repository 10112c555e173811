import fc from 'fast-check'
import type { Connection } from '../../src/events/database.ts'
import { EVENT_COLUMNS } from '../../src/events/event-row.ts'

/** What somebody does to the file of a log who can write to it, and does not compute hashes anew. */
export type Forgery =
  | {
      readonly type: 'FLIP'
      readonly row: number
      readonly column: string
      readonly byte: number
      readonly bits: number
    }
  | { readonly type: 'DELETE'; readonly row: number }
  | { readonly type: 'INSERT'; readonly row: number; readonly like: number }
  | { readonly type: 'SWAP'; readonly row: number; readonly other: number; readonly withHashes: boolean }
  | { readonly type: 'CUT'; readonly row: number; readonly witnesses: readonly Witness[] }

/** What tells where the log ends, and may be set back with it. To set back all three leaves a log that is whole. */
type Witness = 'SEQUENCE' | 'HEAD_POSITION' | 'HEAD_LINK'

const CONTENT = EVENT_COLUMNS.split(', ').slice(1)
const witnesses = fc.subarray<Witness>(['SEQUENCE', 'HEAD_POSITION', 'HEAD_LINK'], { maxLength: 2 })

/** Numbers of rows are taken modulo the length of the log. */
export const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('FLIP' as const),
      row: fc.nat(),
      column: fc.constantFrom('position', ...CONTENT, 'leaf', 'link'),
      byte: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('DELETE' as const), row: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('INSERT' as const), row: fc.nat(), like: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('SWAP' as const),
      row: fc.nat(),
      other: fc.nat(),
      withHashes: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('CUT' as const), row: fc.nat(), witnesses }) },
)

/** Lets whoever has the connection do to events what he likes. */
export function disarm(db: Connection): void {
  db.exec('drop trigger event_is_never_updated; drop trigger event_is_never_deleted')
  db.exec('drop trigger event_is_only_appended; pragma ignore_check_constraints = on')
}

/**
 * Forges a log of `count` events.
 *
 * @returns The first position whose row is not what was written; null where there was nothing to forge: no bytes in the
 *   column, nothing to swap, or SQLite itself would have none of it.
 */
export function forge(db: Connection, made: Forgery, count: number): number | null {
  const row = (made.row % count) + 1
  switch (made.type) {
    case 'FLIP':
      return flip(db, row, made)
    case 'DELETE':
      db.prepare('delete from event where position = ?').run(row)
      return row
    case 'INSERT':
      return insert(db, (made.row % (count + 1)) + 1, (made.like % count) + 1, count)
    case 'SWAP':
      return swap(db, row, (made.other % count) + 1, made.withHashes)
    case 'CUT':
      return cut(db, row, made.witnesses)
  }
}

function flip(
  db: Connection,
  row: number,
  { column, byte, bits }: Extract<Forgery, { readonly type: 'FLIP' }>,
): number | null {
  const value = db
    .prepare<[number], bigint | string | Buffer | null>(`select ${column} from event where position = ?`)
    .pluck()
    .safeIntegers()
    .get(row)
  if (value === null || value === undefined) return null
  const isInteger = typeof value === 'bigint'
  const bytes = isInteger ? bytesOfInteger(value) : Buffer.from(value)
  const at = byte % bytes.length
  bytes[at] = (bytes[at] ?? 0) ^ bits
  const forged = isInteger ? bytes.readBigInt64BE() : bytes
  try {
    const set = typeof value === 'string' ? 'cast(? as text)' : '?'
    db.prepare(`update event set ${column} = ${set} where position = ?`).run(forged, row)
  } catch (refused) {
    if (refused instanceof Error && refused.message.includes('UNIQUE constraint failed')) return null
    throw refused
  }
  return column === 'position' ? Math.min(row, Number(forged)) : row
}

function bytesOfInteger(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/** Puts an event that is like another, hashes included, before all from a position on, which move up by one. */
function insert(db: Connection, row: number, like: number, count: number): number {
  const columns = [...CONTENT, 'leaf', 'link'].join(', ')
  const forged = [...CONTENT, 'leaf', 'link'].map((column) => (column === 'version' ? 'version + 1000000' : column))
  db.prepare('update event set position = -position - 1 where position >= ?').run(row)
  db.prepare('update event set position = -position where position < 0').run()
  db.prepare(
    `insert into event (position, ${columns}) select ?, ${forged.join(', ')} from event where position = ?`,
  ).run(row, like < row ? like : like + 1)
  db.prepare('update log_head set position = ?').run(count + 1)
  db.prepare("update sqlite_sequence set seq = ? where name = 'event'").run(count + 1)
  return row
}

function swap(db: Connection, row: number, other: number, withHashes: boolean): number | null {
  if (row === other) return null
  const columns = withHashes ? [...CONTENT, 'leaf', 'link'] : CONTENT
  const contentOf = db
    .prepare<[number], (string | number | Buffer | null)[]>(
      `select ${columns.join(', ')} from event where position = ?`,
    )
    .raw()
  const [one, two] = [contentOf.get(row) ?? [], contentOf.get(other) ?? []]
  const put = db.prepare(`update event set ${columns.map((column) => `${column} = ?`).join(', ')} where position = ?`)
  db.prepare("update event set stream = 'elsewhere' where position = ?").run(row)
  put.run(...one, other)
  put.run(...two, row)
  return Math.min(row, other)
}

/** Removes all from a position on. */
function cut(db: Connection, row: number, back: readonly Witness[]): number {
  const link = db
    .prepare<[number], Buffer>('select link from event where position = ?')
    .pluck()
    .get(row - 1)
  db.prepare('delete from event where position >= ?').run(row)
  if (back.includes('SEQUENCE')) db.prepare('update sqlite_sequence set seq = ?').run(row - 1)
  if (back.includes('HEAD_POSITION')) db.prepare('update log_head set position = ?').run(row - 1)
  if (back.includes('HEAD_LINK')) db.prepare('update log_head set link = ?').run(link ?? Buffer.alloc(32))
  const isLinkAlone = back.includes('SEQUENCE') && back.includes('HEAD_POSITION')
  // The one witness left says that the last event is not the head, and not what stood behind it.
  return isLinkAlone ? row - 1 : row
}
