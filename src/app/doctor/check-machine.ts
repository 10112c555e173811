import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { nearestFolder, type Examination } from './examination.ts'
import { bad, good, warning, type Finding } from './finding.ts'

/** Before the first release no clock was right. */
const FIRST_YEAR = 2026
const LAST_YEAR = 2100
/** What is put down to the clocks of this moment, in milliseconds. */
const CLOCK_SLACK_MS = 2000
const LEAST_OPEN_FILES = 1024
const USUAL_OPEN_FILES = 4096
/** Data and index of the torrent that is served and of the one before it. */
const FILES_OF_COMMUNITY = 4

/** Whether this is a Node that runs the program. */
export function checkNodeVersion(version: string = process.versions.node): Finding {
  const least = Number(/\d+/.exec(packageJson.engines.node)?.[0])
  const [major = 0] = version.split('.').map(Number)
  return major >= least
    ? good('Node', version)
    : bad('Node', `${version}, but ${least} or later is needed`, 'use the one that a whole `npm ci` brings')
}

/** What the clocks said when the examination began. */
export interface ClockStart {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** Reads both clocks. */
export function readClocks(): ClockStart {
  return { wallMs: Date.now(), monotonicMs: performance.now() }
}

/**
 * Whether the wall clock can be believed: archives and magnet links are ordered by it.
 *
 * @param newestAt When the newest event was recorded, in Unix milliseconds.
 */
export function checkClock(began: ClockStart, newestAt: number | null, now: ClockStart = readClocks()): Finding {
  const advice = 'set the clock, and have it kept right (NTP)'
  const time = new Date(now.wallMs)
  const year = time.getUTCFullYear()
  if (year < FIRST_YEAR || year > LAST_YEAR) return bad('clock', `it is said to be the year ${year}`, advice)
  const behindMs = newestAt === null ? 0 : newestAt - now.wallMs
  if (behindMs > CLOCK_SLACK_MS) {
    const found = `${time.toISOString()}, but an event was recorded ${Math.ceil(behindMs / 1000)} s later than that`
    return bad('clock', found, `${advice}; if it is right now, and was ahead then, wait until it has caught up`)
  }
  const driftMs = Math.round(now.wallMs - began.wallMs - (now.monotonicMs - began.monotonicMs))
  return Math.abs(driftMs) > CLOCK_SLACK_MS
    ? warning('clock', `it jumped by ${driftMs} ms while this was examined`, advice)
    : good('clock', time.toISOString())
}

/** Whether the node may keep enough files and sockets open. Only Linux tells this of another process. */
export function checkOpenFiles({ settings: { dataDir }, running }: Examination): readonly Finding[] {
  if (process.platform !== 'linux') return []
  const who = running === null ? 'this process' : 'the running node'
  const limits = readFileSync(`/proc/${running?.pid ?? 'self'}/limits`, 'utf8')
  const [, soft = '0'] = /^Max open files\s+(\S+)/m.exec(limits) ?? []
  const limit = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
  const communities = countFolders(join(dataDir, 'archives'))
  const needed = LEAST_OPEN_FILES + communities * FILES_OF_COMMUNITY
  const found = `${soft} for ${who}, with archives of ${communities} communities`
  const advice = 'raise it: LimitNOFILE=65536 in a systemd unit, ulimits in compose.yaml, ulimit -n in a shell'
  if (limit < needed) return [bad('open files', found, advice)]
  return [limit < USUAL_OPEN_FILES ? warning('open files', found, advice) : good('open files', found)]
}

function countFolders(folder: string): number {
  return nearestFolder(folder) === folder ? readdirSync(folder).length : 0
}
