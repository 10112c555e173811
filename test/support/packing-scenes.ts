import { join } from 'node:path'
import {
  dataPathOf,
  indexPathOf,
  stampPathOf,
  torrentPathOf,
  versionFolderOf,
} from '../../src/archives/archive-paths.ts'
import { writeAll, type FileSteps } from '../../src/archives/file-steps.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import { reconcileArchiveFiles } from '../../src/archives/sweep/reconcile-archive-files.ts'
import { wholeStampOf, type FileStats } from '../../src/formats/check-stamp.ts'
import { PARTIAL } from '../../src/formats/partial-file.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { stepsOn } from './disk-model-steps.ts'
import { DiskModel } from './disk-model.ts'
import { recordFileSteps, systemError } from './recorded-file-steps.ts'
import { readSmallHistory, smallHistory } from './small-history.ts'
import { valueOf } from './value-of.ts'

/** Where the archives are on a disk in memory. */
export const ARCHIVES = '/archives'
const RUN_SECONDS = 100
/** The most that a write takes, so that `data`, an index and a torrent file are written in several. */
export const WRITE_BYTES = 1500
const RUNS = 4

/** A version as a run makes it that nothing disturbs. */
export interface Undisturbed {
  readonly version: PackedArchives
  /** All of `data`. */
  readonly data: Uint8Array
}

/** Something that is done to the archives of one community. */
export interface Scene {
  readonly name: string
  /** The disk as it is before. */
  readonly before: DiskModel
  /** How many versions the log names then. */
  readonly recorded: number
  /** Whether the log may name one more once it is done. */
  readonly makesVersion: boolean
  readonly act: (files: FileSteps, archivesDir?: string) => void
}

/** What run n asks for, from 1 on, over the versions before it. */
export function requestOf(n: number, archivesDir = ARCHIVES): PackingRequest {
  const [from, to] = [(n - 1) * RUN_SECONDS, n * RUN_SECONDS]
  const previous = n === 1 ? null : undisturbed(n - 1).version
  return { ...smallHistory(archivesDir), from: from as UnixSeconds, to: to as UnixSeconds, previous }
}

/** What run n makes, from 1 on. */
export function undisturbed(n: number): Undisturbed {
  return UNDISTURBED[n - 1] ?? packNext(n)
}

/** The versions that the log names after so many runs. */
export function versionsUpTo(n: number): readonly PackedArchives[] {
  return Array.from({ length: n }, (_, index) => undisturbed(index + 1).version)
}

const UNDISTURBED: Undisturbed[] = []
const UNDISTURBED_DISK = emptyDisk()
for (let n = 1; n <= RUNS; n += 1) UNDISTURBED.push(packNext(n))

function packNext(n: number): Undisturbed {
  if (n > RUNS) throw new Error(`Cannot tell of run ${n}: the small history has ${RUNS}`)
  const request = requestOf(n)
  const version = packOn(stepsOn(UNDISTURBED_DISK), request)
  const data = UNDISTURBED_DISK.bytesAt(dataPathOf(ARCHIVES, request.communityId, version.generation))
  return { version, data }
}

/** Packs what is asked for, which has to be something. */
export function packOn(files: FileSteps, request: PackingRequest): PackedArchives {
  const packed = valueOf(packArchives(request, readSmallHistory, { files }))
  if (packed === null) throw new Error('Nothing was packed')
  return packed
}

/** Sweeps as a start does after so many versions. Throws what failed, once all else is done. */
export function sweepOn(files: FileSteps, recorded: number, archivesDir = ARCHIVES): void {
  const { communityId } = smallHistory(archivesDir)
  const known = [{ communityId, versions: versionsUpTo(recorded) }]
  const [unswept] = reconcileArchiveFiles(archivesDir, known, files).failed
  if (unswept !== undefined) throw unswept.cause
}

/** A disk with a folder for archives, after so many undisturbed runs. */
export function diskAfter(runs: number): DiskModel {
  const disk = emptyDisk()
  for (let n = 1; n <= runs; n += 1) packOn(stepsOn(disk), requestOf(n))
  return disk.afterPowerCut(() => 'KEPT')
}

function emptyDisk(): DiskModel {
  return newDisk().afterPowerCut(() => 'KEPT')
}

/** A disk whose folder for archives was just made, as a node does that starts for the first time. */
function newDisk(): DiskModel {
  const disk = new DiskModel()
  stepsOn(disk).makeFolder(ARCHIVES)
  return disk
}

/**
 * The disk that a run leaves over other messages than the next one's, when from a step on nothing works, not even to
 * undo it.
 */
export function diskAfterBroken(runs: number, brokenAt: 'rename' | 'close'): DiskModel {
  const disk = diskAfter(runs)
  const request = requestOf(runs + 1)
  const longer = { ...request, to: (request.to + RUN_SECONDS / 2) as UnixSeconds }
  const limits = { writeBytes: WRITE_BYTES }
  const whole = recordFileSteps(undefined, stepsOn(disk.copy(), limits))
  packOn(whole.files, longer)
  const brokenFrom = whole.steps.lastIndexOf(brokenAt)
  const broken = recordFileSteps(
    (_, index) => {
      if (index >= brokenFrom) throw systemError('EIO')
    },
    stepsOn(disk, limits),
  )
  const packed = packArchives(longer, readSmallHistory, { files: broken.files })
  if (packed.ok) throw new Error('The run was to break')
  return disk.afterPowerCut(() => 'KEPT')
}

/** The disk that is left when a file of the newest version was to be replaced, and was not. */
function diskWithPartial(runs: number): DiskModel {
  const disk = diskAfter(runs)
  const { communityId } = smallHistory(ARCHIVES)
  const folder = versionFolderOf(ARCHIVES, communityId, undisturbed(runs).version.infoHash)
  stepsOn(disk).create(join(folder, `index${PARTIAL}`))
  return disk.afterPowerCut(() => 'KEPT')
}

/** The disk after so many runs, the newest version of which was hashed and stamped, as it is before it is served. */
export function diskWithStamp(runs: number): DiskModel {
  const disk = diskAfter(runs)
  const steps = stepsOn(disk)
  const { communityId } = smallHistory(ARCHIVES)
  const { infoHash, generation, dataBytes } = undisturbed(runs).version
  const statsAt = (path: string): FileStats => steps.statsOf(steps.openToRead(path))
  const stats = {
    data: statsAt(dataPathOf(ARCHIVES, communityId, generation)),
    index: statsAt(indexPathOf(ARCHIVES, communityId, infoHash)),
    torrent: statsAt(torrentPathOf(ARCHIVES, communityId, infoHash)),
  }
  const stamp = steps.create(stampPathOf(ARCHIVES, communityId, infoHash))
  writeAll(steps, stamp, Buffer.from(wholeStampOf(stats, dataBytes)))
  return disk.afterPowerCut(() => 'KEPT')
}

function packing(name: string, before: DiskModel, recorded: number): Scene {
  const act: Scene['act'] = (files, archivesDir) => void packOn(files, requestOf(recorded + 1, archivesDir))
  return { name, before, recorded, makesVersion: true, act }
}

function sweeping(name: string, before: DiskModel, recorded: number): Scene {
  const act: Scene['act'] = (files, archivesDir) => sweepOn(files, recorded, archivesDir)
  return { name, before, recorded, makesVersion: false, act }
}

/** Everything that is ever done to archives, over all that can lie there before. */
export const SCENES: readonly Scene[] = [
  packing('the first version', diskAfter(0), 0),
  packing('the first version of a new node', newDisk(), 0),
  packing('a next version', diskAfter(1), 1),
  packing('the version after it', diskAfter(2), 2),
  packing('a first version over a half-written one', diskAfterBroken(0, 'rename'), 0),
  packing('a first version over one that was not recorded', diskAfterBroken(0, 'close'), 0),
  packing('a next version over a half-written one', diskAfterBroken(1, 'rename'), 1),
  packing('a next version over one that was not recorded', diskAfterBroken(1, 'close'), 1),
  sweeping('the sweep of a half-written first version', diskAfterBroken(0, 'rename'), 0),
  sweeping('the sweep of a half-written version', diskAfterBroken(1, 'rename'), 1),
  sweeping('the sweep of a version that was not recorded', diskAfterBroken(2, 'close'), 2),
  sweeping('the sweep of a file that was to replace another', diskWithPartial(2), 2),
]

/** The same where a stamp is carried on, which tells two disks apart. */
export const STAMPED_SCENES: readonly Scene[] = [
  packing('a next version behind a stamp', diskWithStamp(1), 1),
  packing('the version after it behind a stamp', diskWithStamp(2), 2),
]
