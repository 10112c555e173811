import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import {
  checkedBytesOf,
  dataStampOf,
  isWholeSecond,
  wholeStampOf,
  type FileStats,
  type VersionStats,
} from '../../formats/check-stamp.ts'
import { PARTIAL } from '../../formats/partial-file.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import { failureCodeOf } from './seeding-failure.ts'

/**
 * Waits until a write to any of the files would change its stamp: a system keeps time in ticks, and two writes within
 * one look the same. Without a wait, files that were just packed could change behind their stamp's back.
 */
export async function awaitNextTick({ data, index, torrent }: VersionStats): Promise<void> {
  const waits = [data, index, torrent].map((stats) => Number(stats.ctimeNs / 1_000_000n) + tickMs(stats) - Date.now())
  const waitMs = Math.max(...waits)
  // A time of change far ahead is none that a wait would help with: the clock was set back since.
  if (waitMs > 0) await setTimeout(Math.min(waitMs, WHOLE_SECONDS_TICK_MS))
}

/** Twice the tick of the slowest Linux kernel. */
const TICK_MS = 20
/** Some file systems keep whole seconds, and FAT every other one. */
const WHOLE_SECONDS_TICK_MS = 2_000

function tickMs(stats: FileStats): number {
  return isWholeSecond(stats) ? WHOLE_SECONDS_TICK_MS : TICK_MS
}

/**
 * How many of the first bytes of a torrent are as they were when they were hashed and found good: all of them; those of
 * the version before, where its successor was packed behind them and nothing else happened; or none.
 *
 * @param stamp What `readStamp` gave.
 */
export function trustedBytesOf(stamp: string | null, stats: VersionStats, torrent: Torrent): number {
  const { dataBytes, indexBytes, pieceBytes } = torrent
  if (stamp === null) return 0
  if (stamp === wholeStampOf(stats, dataBytes)) return dataBytes + indexBytes
  const checkedBytes = checkedBytesOf(stamp, stats.data)
  const isOfPacking = stamp === dataStampOf(stats.data, checkedBytes)
  return isOfPacking && checkedBytes <= dataBytes && checkedBytes % pieceBytes === 0 ? checkedBytes : 0
}

/**
 * Reads a stamp. One that cannot be read is none.
 *
 * @throws The system error, when too many files are open: then nothing else could be opened either.
 */
export async function readStamp(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (failureCodeOf(error) === 'TOO_MANY_OPEN_FILES') throw error
    return null
  }
}

/** Writes the stamp, so that it is there whole or not at all. A power cut may lose it: then all is hashed once more. */
export async function writeStamp(path: string, stamp: string): Promise<void> {
  await writeFile(path + PARTIAL, stamp)
  await rename(path + PARTIAL, path)
}

/** Takes the stamp away, if there is one. */
export async function removeStamp(path: string): Promise<void> {
  await rm(path, { force: true })
}
