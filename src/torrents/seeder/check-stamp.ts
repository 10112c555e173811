import type { BigIntStats } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { PARTIAL } from '../../formats/partial-file.ts'
import { failureCodeOf } from './seeding-failure.ts'

/** What the system says of the files of a torrent, asked of the very descriptors that are read. */
export interface FileStats {
  readonly data: BigIntStats
  readonly index: BigIntStats
  readonly torrent: BigIntStats
}

/**
 * Says how the files of a torrent are, so that one which was written or exchanged since says something else.
 *
 * The time of change is what tells: unlike that of modification no program can set it back. Stamps are compared as texts
 * and never parsed.
 */
export function stampOf(stats: FileStats): string {
  const lines = Object.entries<BigIntStats>({ data: stats.data, index: stats.index, torrent: stats.torrent }).map(
    ([name, { size, mtimeNs, ctimeNs, ino, dev }]) =>
      `${name} size=${size} mtimeNs=${mtimeNs} ctimeNs=${ctimeNs} ino=${ino} dev=${dev}\n`,
  )
  return lines.join('')
}

/**
 * Waits until a write to any of the files would change its stamp: a system keeps time in ticks, and two writes within
 * one look the same. Without a wait, files that were just packed could change behind their stamp's back.
 */
export async function awaitNextTick({ data, index, torrent }: FileStats): Promise<void> {
  const waits = [data, index, torrent].map(({ ctimeMs, ctimeNs }) => Number(ctimeMs) + tickMs(ctimeNs) - Date.now())
  const waitMs = Math.max(...waits)
  // A time of change far ahead is none that a wait would help with: the clock was set back since.
  if (waitMs > 0) await setTimeout(Math.min(waitMs, WHOLE_SECONDS_TICK_MS))
}

/** Twice the tick of the slowest Linux kernel. */
const TICK_MS = 20
/** Some file systems keep whole seconds, and FAT every other one. */
const WHOLE_SECONDS_TICK_MS = 2_000

function tickMs(timeNs: bigint): number {
  return timeNs % 1_000_000_000n === 0n ? WHOLE_SECONDS_TICK_MS : TICK_MS
}

/**
 * Whether the file holds exactly this stamp. One that cannot be read is none.
 *
 * @throws The system error, when too many files are open: then nothing else could be opened either.
 */
export async function hasStamp(path: string, stamp: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')) === stamp
  } catch (error) {
    if (failureCodeOf(error) === 'TOO_MANY_OPEN_FILES') throw error
    return false
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
