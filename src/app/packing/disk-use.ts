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
  { usedBytes, quotaBytes, minFreeBytes }: DiskUse,
): Result<null, DiskTooFull | NodeQuotaExceeded> {
  const onDisk = writtenBytes + minFreeBytes
  if (onDisk > freeBytes) return err({ type: 'DiskTooFull', neededBytes: onDisk, freeBytes })
  const neededBytes = usedBytes + writtenBytes
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

/** What archives and messages take on the disk, in bytes: of a file with holes what is there of it. */
export async function readUsedBytes(dataDir: string): Promise<number> {
  let bytes = 0
  for (const name of MESSAGE_FILES) bytes += await takenBy(join(dataDir, name))
  // One folder after the other: there may be tens of thousands.
  const folders = [join(dataDir, 'archives')]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(whenMissing([]))
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else bytes += await takenBy(path)
    }
  }
  return bytes
}

/** 0 for a file that is gone by now. */
async function takenBy(path: string): Promise<number> {
  return ((await lstat(path).catch(whenMissing(null)))?.blocks ?? 0) * BLOCK_BYTES
}
