import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Fault } from './event-log.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { genesisLink, leafHash, nextLink } from './hash-chain.ts'
import { BEFORE_ALL, type LogId, type Position } from './recorded-event.ts'

const PAGE_ROWS = 500

type ChainedRow = readonly [...row: EventRow, leaf: Uint8Array, link: Uint8Array]

/** The three records of where the log ends, as of one moment. They agree unless somebody meddled. */
interface Ends {
  readonly head: number
  readonly headLink: Uint8Array
  /** What AUTOINCREMENT has counted to. */
  readonly sequence: number
  readonly last: number
}

/** The end of a chain that is whole, as of the moment at which the check began. */
export interface ChainEnd {
  readonly events: number
  readonly position: Position
  /** It covers every event up to the position. */
  readonly link: Uint8Array
}

/** How far the check has come. */
interface Progress {
  events: number
  position: number
  link: Uint8Array
  readonly versions: Map<string, number>
}

/**
 * Recomputes every leaf and link, checks that versions have no gaps, and compares the end with the recorded head.
 *
 * Events that are appended meanwhile are not looked at. Yields to the event loop after each page.
 *
 * @returns Where the chain ends, when the log is what was written; else the first fault.
 */
export async function verifyChain(db: Connection, logId: LogId): Promise<Result<ChainEnd, Fault>> {
  const ends = readEnds(db)
  if (ends === null) return err({ position: BEFORE_ALL, code: 'HEAD_MISMATCH' })
  const page = db
    .prepare<[number, number, number], ChainedRow>(
      `select ${EVENT_COLUMNS}, leaf, link from event where position > ? and position <= ? order by position limit ?`,
    )
    .raw()
  const progress: Progress = { events: 0, position: 0, link: genesisLink(logId), versions: new Map() }
  while (progress.position < ends.last) {
    const rows = page.all(progress.position, ends.last, PAGE_ROWS)
    if (rows.length === 0) break
    for (const row of rows) {
      const fault = checkRow(row, progress)
      if (fault !== null) return err(fault)
    }
    await setImmediate()
  }
  const fault = checkEnds(ends, progress)
  const { events, position, link } = progress
  return fault === null ? ok({ events, position: position as Position, link }) : err(fault)
}

function checkRow(row: ChainedRow, progress: Progress): Fault | null {
  const event = row.slice(0, -2) as unknown as EventRow
  const [position, stream, version] = event
  const [leaf, link] = row.slice(-2) as [Uint8Array, Uint8Array]
  const expectedLeaf = leafHash(event)
  const expectedLink = nextLink(progress.link, expectedLeaf)
  if (!areEqual(leaf, expectedLeaf)) return { position: position as Position, code: 'CHANGED' }
  if (!areEqual(link, expectedLink)) {
    // An event that is as it was written, but does not follow the one before it: what stood between is gone.
    const expected = (progress.position + 1) as Position
    return position === expected ? { position: expected, code: 'CHANGED' } : { position: expected, code: 'MISSING' }
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

function checkEnds({ head, headLink, sequence }: Ends, { position, link }: Progress): Fault | null {
  if (position < head || position < sequence) return { position: (position + 1) as Position, code: 'CUT_OFF' }
  const isHead = position === head && position === sequence && areEqual(link, headLink)
  return isHead ? null : { position: position as Position, code: 'HEAD_MISMATCH' }
}

function readEnds(db: Connection): Ends | null {
  const ends = db
    .prepare<[], Ends>(
      `select position as head, link as headLink,
         coalesce((select seq from sqlite_sequence where name = 'event'), 0) as sequence,
         coalesce((select max(position) from event), 0) as last
       from log_head`,
    )
    .get()
  return ends ?? null
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
