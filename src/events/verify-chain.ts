import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { createPageCheck, type ChainProgress } from './check-page.ts'
import type { Fault } from './event-log.ts'
import { genesisLink } from './hash-chain.ts'
import { PageSize } from './page-size.ts'
import { BEFORE_ALL, type LogId, type Position } from './recorded-event.ts'

/** The records of where the log begins and ends, as of one moment. They agree unless somebody meddled. */
interface Ends {
  readonly head: number
  readonly headLink: unknown
  /** What AUTOINCREMENT has counted to. */
  readonly sequence: number
  readonly first: number
  readonly last: number
}

/** The end of a chain that is whole, as of the moment at which the check began. */
export interface ChainEnd {
  readonly events: number
  readonly position: Position
  /** It covers every event up to the position. */
  readonly link: Uint8Array
}

/** Is told how far a check has come, after each page, and how far it will go. */
export type TellProgress = (position: Position, last: Position) => void

/**
 * Recomputes every leaf and link, checks that positions and versions have no gaps, and compares the end with the
 * recorded head.
 *
 * Events that are appended meanwhile are not looked at. Holds the event loop for some milliseconds at a time.
 *
 * @returns Where the chain ends, when the log is what was written; else the first fault.
 */
export async function verifyChain(
  db: Connection,
  logId: LogId,
  onProgress: TellProgress = () => undefined,
): Promise<Result<ChainEnd, Fault>> {
  const ends = readEnds(db)
  if (ends === null) return err({ position: BEFORE_ALL, code: 'HEAD_MISMATCH' })
  if (ends.first < 1) return err({ position: ends.first as Position, code: 'CHANGED' })
  const checkPage = createPageCheck(db)
  const progress: ChainProgress = { events: 0, position: 0, link: genesisLink(logId), versions: new Map() }
  const size = new PageSize()
  while (progress.position < ends.last) {
    const [before, startedAt] = [progress.position, performance.now()]
    const fault = checkPage(progress, ends.last, size.rows)
    if (fault !== null) return err(fault)
    if (progress.position === before) break
    size.learn(performance.now() - startedAt)
    onProgress(progress.position as Position, ends.last as Position)
    await setImmediate()
  }
  const fault = checkEnds(ends, progress)
  const { events, position, link } = progress
  return fault === null ? ok({ events, position: position as Position, link }) : err(fault)
}

function checkEnds({ head, headLink, sequence }: Ends, { position, link }: ChainProgress): Fault | null {
  if (position < head || position < sequence) return { position: (position + 1) as Position, code: 'CUT_OFF' }
  // Rows behind the head are no part of what was written.
  if (position > head) return { position: (head + 1) as Position, code: 'HEAD_MISMATCH' }
  const isHead = position === sequence && headLink instanceof Uint8Array && Buffer.compare(link, headLink) === 0
  return isHead ? null : { position: position as Position, code: 'HEAD_MISMATCH' }
}

function readEnds(db: Connection): Ends | null {
  const ends = db
    .prepare<[], Ends>(
      `select position as head, link as headLink,
         coalesce((select seq from sqlite_sequence where name = 'event'), 0) as sequence,
         coalesce((select min(position) from event), 1) as first,
         coalesce((select max(position) from event), 0) as last
       from log_head`,
    )
    .get()
  return ends ?? null
}
