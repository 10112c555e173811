import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { err, ok, type Result } from '../../domain/result.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import type { DiskTooFull, NodeQuotaExceeded } from '../../graphql/wishes.ts'
import type { Settings } from '../settings.ts'

/** What the node takes of its disk, and may. */
export interface DiskUse {
  /** What archives and messages take; not counted, and 0, where there is no quota. */
  readonly usedBytes: number
  /** What downloads that are under way were granted and have not written yet; none where nothing is said. */
  readonly claimedBytes?: number
  /** What they may take; null where there is no bound. */
  readonly quotaBytes: number | null
  /** What packing and fetching leave free. */
  readonly minFreeBytes: number
}

export type ReadDiskUse = () => Promise<DiskUse>

/** The bounds of a node that was told nothing: 16 MiB are left, so that the log and the messages can go on. */
export const USUAL_DISK_USE: DiskUse = { usedBytes: 0, quotaBytes: null, minFreeBytes: 16_777_216 }

/** No bounds but the disk's own. */
export const UNBOUNDED_DISK_USE: DiskUse = { usedBytes: 0, quotaBytes: null, minFreeBytes: 0 }

/** Whether so much can be written, and leaves what is to be left free, and keeps to the node's quota. */
export function checkDiskUse(
  writtenBytes: number,
  freeBytes: number,
  { usedBytes, claimedBytes = 0, quotaBytes, minFreeBytes }: DiskUse,
): Result<null, DiskTooFull | NodeQuotaExceeded> {
  const onDisk = claimedBytes + writtenBytes + minFreeBytes
  if (onDisk > freeBytes) return err({ type: 'DiskTooFull', neededBytes: onDisk, freeBytes })
  const neededBytes = usedBytes + claimedBytes + writtenBytes
  const isOver = quotaBytes !== null && neededBytes > quotaBytes
  return isOver ? err({ type: 'NodeQuotaExceeded', neededBytes, nodeQuotaBytes: quotaBytes }) : ok(null)
}

/** Creates what reads it, from the settings. Files are counted only where there is a quota. */
export function createDiskUseReader({
  dataDir,
  diskQuota: quotaBytes,
  minFreeBytes,
}: Pick<Settings, 'dataDir' | 'diskQuota' | 'minFreeBytes'>): ReadDiskUse {
  return async () => {
    const usedBytes = quotaBytes === null ? 0 : await readUsedBytes(dataDir)
    return { usedBytes, quotaBytes, minFreeBytes }
  }
}

const MESSAGE_FILES = ['messages.db', 'messages.db-wal', 'messages.db-shm'] as const
/** What `blocks` counts. */
const BLOCK_BYTES = 512

/** So many folders are looked at together: there may be tens of thousands, each with a few files. */
const FOLDERS_AT_ONCE = 32

/** What archives and messages take on the disk, in bytes: of a file with holes what is there of it. */
export async function readUsedBytes(dataDir: string): Promise<number> {
  let bytes = await takenByAll(MESSAGE_FILES.map((name) => join(dataDir, name)))
  const folders = [join(dataDir, 'archives')]
  while (folders.length > 0) {
    const found = await Promise.all(folders.splice(-FOLDERS_AT_ONCE).map(readFolder))
    for (const { takenBytes, inner } of found) {
      bytes += takenBytes
      folders.push(...inner)
    }
  }
  return bytes
}

async function readFolder(folder: string): Promise<{ readonly takenBytes: number; readonly inner: readonly string[] }> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(whenMissing([]))
  const pathsOf = (isFolder: boolean): readonly string[] =>
    entries.filter((entry) => entry.isDirectory() === isFolder).map(({ name }) => join(folder, name))
  return { takenBytes: await takenByAll(pathsOf(false)), inner: pathsOf(true) }
}

/** Nothing for a file that is gone by now. */
async function takenByAll(paths: readonly string[]): Promise<number> {
  const found = await Promise.all(paths.map(async (path) => lstat(path).catch(whenMissing(null))))
  return found.reduce((sum, stats) => sum + (stats?.blocks ?? 0) * BLOCK_BYTES, 0)
}
