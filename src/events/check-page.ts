import { hash } from 'node:crypto'
import Database from 'better-sqlite3'
import type { Connection } from './database.ts'
import type { Fault } from './event-log.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { HASH_BYTES, leafHash, nextLink } from './hash-chain.ts'
import type { Position } from './recorded-event.ts'

type ChainedRow = readonly [...row: EventRow, leaf: Uint8Array, link: Uint8Array]
type PreimageRow = readonly [position: number, stream: string, version: number, preimage: string]

/** How far a check has come: all up to the position is as it was written. */
export interface ChainProgress {
  events: number
  position: number
  link: Uint8Array
  /** The newest version of each stream. */
  readonly versions: Map<string, number>
}

/** Checks the next rows, at most so many, and moves on. @returns The first fault; null where there is none. */
export type CheckPage = (progress: ChainProgress, last: number, limit: number) => Fault | null

/**
 * Prepares to check the log page by page.
 *
 * A page is first looked at in the way that is fastest: SQLite writes the JSON that is hashed, and the stored hashes are
 * compared all at once. Where anything is odd about it, it is looked at again row by row, in the words of hash-chain.ts,
 * and only that tells what is wrong.
 */
export function createPageCheck(db: Connection): CheckPage {
  const checkAtOnce = createCheckAtOnce(db)
  const page = db
    .prepare<[number, number, number], ChainedRow>(
      `select ${EVENT_COLUMNS}, leaf, link from event where position > ? and position <= ? order by position limit ?`,
    )
    .raw()
  return (progress, last, limit) => {
    if (checkAtOnce(progress, last, limit)) return null
    for (let rows = 0; rows < limit; rows++) {
      const row = whereReadable(() => page.get(progress.position, last, 1), isCorrupt)
      if (row === undefined) return null
      const fault = row === null ? unreadable(progress) : checkRow(row, progress)
      if (fault !== null) return fault
    }
    return null
  }
}

/** @returns Null where SQLite finds that what is stored is none of what it wrote, and says so in one of the ways that count. */
function whereReadable<Read>(read: () => Read, isOdd: (error: SqliteError) => boolean): Read | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Database.SqliteError && isOdd(error)) return null
    throw error
  }
}

type SqliteError = InstanceType<typeof Database.SqliteError>

function isCorrupt({ code }: SqliteError): boolean {
  return code.startsWith('SQLITE_CORRUPT')
}

/** Texts that are blobs are no JSON to SQLite, which has no code of its own for that. */
function isCorruptOrNoText(error: SqliteError): boolean {
  return isCorrupt(error) || error.code === 'SQLITE_ERROR'
}

/** The row after all that was checked is there, and is no row. */
function unreadable({ position }: ChainProgress): Fault {
  return { position: (position + 1) as Position, code: 'CHANGED' }
}

/** One behind the other they would be the same bytes as texts, or divided elsewhere. */
const ARE_HASHES = `typeof(leaf) = 'blob' and length(leaf) = ${HASH_BYTES} and typeof(link) = 'blob' and length(link) = ${HASH_BYTES}`

/** @returns Whether all was as written; only then the progress has moved. */
function createCheckAtOnce(db: Connection): CheckAtOnce {
  const preimages = db
    .prepare<[number, number, number], PreimageRow>(
      `select position, stream, version, char(0) || json_array(${EVENT_COLUMNS})
       from event where position > ? and position <= ? order by position limit ?`,
    )
    .raw()
  const hashes = db
    .prepare<[number, number], Uint8Array>(
      `select cast(group_concat(leaf || link, '') as blob)
       from (select leaf, link from event where position > ? and position <= ? and ${ARE_HASHES} order by position)`,
    )
    .pluck()
  return (progress, last, limit) => {
    const rows = whereReadable(() => preimages.all(progress.position, last, limit), isCorruptOrNoText)
    if (rows === null) return false
    const newest = rows.at(-1)?.[0]
    if (newest === undefined) return true
    if (newest !== progress.position + rows.length || !advanceVersions(progress.versions, rows)) return false
    const expected = hashesOf(rows, progress.link)
    const stored = whereReadable(() => hashes.get(progress.position, newest), isCorruptOrNoText) ?? null
    if (stored === null || Buffer.compare(stored, expected) !== 0) {
      takeBackVersions(progress.versions, rows, rows.length)
      return false
    }
    progress.events += rows.length
    progress.position = newest
    progress.link = Uint8Array.from(expected.subarray(-HASH_BYTES))
    return true
  }
}

type CheckAtOnce = (progress: ChainProgress, last: number, limit: number) => boolean

/** @returns Whether each row is the next of its stream; if not, nothing has changed. */
function advanceVersions(versions: Map<string, number>, rows: readonly PreimageRow[]): boolean {
  let checked = 0
  for (const row of rows) {
    if (row[2] !== (versions.get(row[1]) ?? 0) + 1) {
      takeBackVersions(versions, rows, checked)
      return false
    }
    versions.set(row[1], row[2])
    checked += 1
  }
  return true
}

/** @param count How many of the rows had advanced them. */
function takeBackVersions(versions: Map<string, number>, rows: readonly PreimageRow[], count: number): void {
  for (const row of rows.slice(0, count).toReversed()) versions.set(row[1], row[2] - 1)
}

/** Leaf and link of each row, one after the other. A hash comes faster as a string than as a buffer. */
function hashesOf(rows: readonly PreimageRow[], before: Uint8Array): Buffer {
  const all = Buffer.allocUnsafe(rows.length * 2 * HASH_BYTES)
  const preimage = Buffer.alloc(1 + 2 * HASH_BYTES, 0x02)
  preimage.set(before, 1)
  let end = 0
  for (const row of rows) {
    const leaf = hash('sha256', row[3], 'latin1')
    preimage.write(leaf, 1 + HASH_BYTES, 'latin1')
    const link = hash('sha256', preimage, 'latin1')
    preimage.write(link, 1, 'latin1')
    end += all.write(leaf, end, 'latin1')
    end += all.write(link, end, 'latin1')
  }
  return all
}

function checkRow(row: ChainedRow, progress: ChainProgress): Fault | null {
  const event = row.slice(0, -2) as unknown as EventRow
  const [position, stream, version] = event
  const [leaf, link] = row.slice(-2) as [Uint8Array, Uint8Array]
  const next = progress.position + 1
  if (position > next) return { position: next as Position, code: 'MISSING' }
  const expectedLeaf = leafHash(event)
  const expectedLink = nextLink(progress.link, expectedLeaf)
  if (position < next || !areEqual(leaf, expectedLeaf) || !areEqual(link, expectedLink)) {
    return { position: position as Position, code: 'CHANGED' }
  }
  if (version !== (progress.versions.get(stream) ?? 0) + 1) {
    return { position: position as Position, code: 'VERSION_GAP' }
  }
  progress.events += 1
  progress.position = position
  progress.link = expectedLink
  progress.versions.set(stream, version)
  return null
}

/** What is no blob any more is equal to none. */
function areEqual(one: unknown, other: Uint8Array): boolean {
  return one instanceof Uint8Array && Buffer.compare(one, other) === 0
}
