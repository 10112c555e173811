import { readUsedBytes } from '../packing/disk-use.ts'
import { readFreeBytes } from '../packing/free-bytes.ts'
import { nearestFolder, type Examination } from './examination.ts'
import { bad, good, warning, type Finding } from './finding.ts'

const MIB = 1_048_576
/** The log and the messages need room to go on. */
const LEAST_FREE_BYTES = 64 * MIB
const USUAL_FREE_BYTES = 1024 * MIB

/** Whether there is room on the disk of the data directory, and in the quota. */
export async function checkDisk({ settings }: Examination): Promise<readonly Finding[]> {
  const { dataDir, minFreeBytes, diskQuota } = settings
  const folder = nearestFolder(dataDir)
  const freeBytes = await readFreeBytes(folder)
  const found = `${inMiB(freeBytes)} MiB free for ${folder}`
  const advice = 'free some, move data-dir to a larger disk, or purge communities that were left'
  const result = freeBytes < LEAST_FREE_BYTES || freeBytes < minFreeBytes ? bad : warning
  const isScarce = freeBytes < USUAL_FREE_BYTES || freeBytes < minFreeBytes
  return [
    isScarce ? result('disk', found, advice) : good('disk', found),
    ...(diskQuota === null ? [] : [checkQuota(await readUsedBytes(dataDir), diskQuota)]),
  ]
}

/** @param used What archives and messages take, and @param quota what they may, in bytes. */
function checkQuota(used: number, quota: number): Finding {
  const found = `archives and messages take ${inMiB(used)} of ${inMiB(quota)} MiB`
  const advice = 'raise disk-quota, or purge communities that were left: no more is packed or fetched beyond it'
  if (used >= quota) return bad('quota', found, advice)
  return used > quota * 0.9 ? warning('quota', found, advice) : good('quota', found)
}

function inMiB(bytes: number): number {
  return Math.floor(bytes / MIB)
}
