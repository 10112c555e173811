import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isReadable } from '../../events/event-codec.ts'
import { MIGRATIONS } from '../../events/migrations.ts'
import { openStill } from '../../events/still-database.ts'
import type { Examination } from './examination.ts'
import { bad, good, reasonOf, warning, type Finding } from './finding.ts'

/** What the log says of itself. */
export interface LogHead {
  /** When the newest event was recorded, in Unix milliseconds; null where there is none. */
  readonly newestAt: number | null
  /** A torrent that is recorded as served; null where none is. */
  readonly servedInfoHash: string | null
  readonly tokens: TokensFound
}

/** The tokens that were not revoked. */
export interface TokensFound {
  /** How many let somebody in now. */
  readonly live: number
  /** How many have expired. */
  readonly expired: number
  /** When none of them will be good any more, in Unix milliseconds; null where that is never, or there is none. */
  readonly endAt: number | null
}

/** What was found of the databases, and what other checks go by; null where the log cannot be read, or is not there. */
export interface DatabaseFindings {
  readonly findings: readonly Finding[]
  readonly head: LogHead | null
}

const MEND = 'stop the node, and `seedbank restore` a back-up into a new folder; `seedbank verify-log` tells more'

/** Whether log and messages can be read, and are whole as SQLite sees it. Read, never written, beside a running node too. */
export function checkDatabases({ settings: { dataDir }, running }: Examination): DatabaseFindings {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return { findings: [good('log', 'nothing was recorded yet')], head: null }
  const log = lookInto('log', file, running !== null, (db) => readLog(db))
  const messages = join(dataDir, 'messages.db')
  const more = existsSync(messages)
    ? lookInto('messages', messages, running !== null, () => ({ findings: [], head: null })).findings
    : [warning('messages', `there is a log and no ${messages}`, 'bring it back from a back-up, if there were messages')]
  return { findings: [...log.findings, ...more], head: log.head }
}

function lookInto(
  check: string,
  file: string,
  isWritten: boolean,
  read: (db: DatabaseSync) => DatabaseFindings,
): DatabaseFindings {
  let db: DatabaseSync | null = null
  try {
    db = openStill(file, isWritten)
    const faults = db
      .prepare('pragma quick_check(3)')
      .all()
      .map((row) => String(row['quick_check']))
    if (faults.join() !== 'ok') return { findings: [bad(check, `${file}: ${faults.join('; ')}`, MEND)], head: null }
    const { findings, head } = read(db)
    return { findings: [good(check, `${file} opens, and is whole`), ...findings], head }
  } catch (fault) {
    return { findings: [bad(check, `${file} cannot be read: ${reasonOf(fault)}`, MEND)], head: null }
  } finally {
    db?.close()
  }
}

function readLog(db: DatabaseSync): DatabaseFindings {
  const version = Number(db.prepare('pragma user_version').get()?.['user_version'])
  const known = MIGRATIONS.length
  if (version !== known) {
    const advice =
      version > known ? 'run the newer program that wrote it' : 'start the node once, which brings it up to date'
    const found = `its schema is version ${version}, this program's is ${known}`
    return { findings: [(version > known ? bad : warning)('log head', found, advice)], head: null }
  }
  const position = Number(db.prepare('select position from log_head').get()?.['position'] ?? 0)
  const newest = db.prepare('select position, recorded_at from event order by position desc limit 1').get()
  const served = db.prepare("select info_hash from seeding where state = 'SERVED' limit 1").get()
  const head = {
    newestAt: newest === undefined ? null : Number(newest['recorded_at']),
    servedInfoHash: served === undefined ? null : String(served['info_hash']),
    tokens: readTokensFound(db, Date.now()),
  }
  if (Number(newest?.['position'] ?? 0) !== position) {
    const found = `the head names event ${position}, the last one is ${String(newest?.['position'] ?? 'none')}`
    return { findings: [bad('log head', found, MEND)], head }
  }
  return { findings: [unknownEvent(db) ?? good('log head', `event ${position}, all kinds of events are known`)], head }
}

function readTokensFound(db: DatabaseSync, now: number): TokensFound {
  const found = db.prepare('select expires_at from tokens where revoked_at is null').all()
  const ends = found.map((row) => (row['expires_at'] === null ? Infinity : Number(row['expires_at'])))
  const live = ends.filter((end) => end > now)
  const endAt = Math.max(...live)
  return { live: live.length, expired: ends.length - live.length, endAt: Number.isFinite(endAt) ? endAt : null }
}

function unknownEvent(db: DatabaseSync): Finding | null {
  const kinds = db.prepare('select type, schema_version, first_position from event_kind order by first_position').all()
  const unknown = kinds.find((kind) => !isReadable(String(kind['type']), Number(kind['schema_version'])))
  if (unknown === undefined) return null
  const found = `event ${String(unknown['first_position'])} is ${String(unknown['type'])} of version ${String(unknown['schema_version'])}`
  return bad('log head', `${found}, which this program does not know`, 'run the newer program that wrote it')
}
