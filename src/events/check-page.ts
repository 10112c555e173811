import { hash } from 'node:crypto'
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
    for (const row of page.all(progress.position, last, limit)) {
      const fault = checkRow(row, progress)
      if (fault !== null) return fault
    }
    return null
  }
}

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
       from (select leaf, link from event where position > ? and position <= ? order by position)`,
    )
    .pluck()
  return (progress, last, limit) => {
    const rows = preimages.all(progress.position, last, limit)
    const newest = rows.at(-1)?.[0]
    if (newest === undefined) return true
    if (newest !== progress.position + rows.length || !advanceVersions(progress.versions, rows)) return false
    const expected = hashesOf(rows, progress.link)
    const stored = hashes.get(progress.position, newest)
    if (stored === undefined || Buffer.compare(stored, expected) !== 0) {
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
