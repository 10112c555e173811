import { magnetUriOf } from '../../domain/magnet.ts'
import { err, ok } from '../../domain/result.ts'
import { secondOf, type UnixMillis } from '../../domain/time.ts'
import { webSourcesOf } from '../../domain/web-seed.ts'
import type { VersionRow } from '../../projections/versions.ts'
import type { ArchivingPorts, RunningRun } from '../../reactors/archiving-reactor.ts'
import { USUAL_DISK_USE, type ReadDiskUse } from './disk-use.ts'
import type { RecordedRun, RecordedRunEnd } from './pack-recorded.ts'
import { runThread } from '../run-thread.ts'

export interface PackRunPorts {
  readonly archivesDir: string
  /** Packs one run; ends soon after `signal` aborts. */
  readonly packRecorded: (run: RecordedRun, signal: AbortSignal) => Promise<RecordedRunEnd>
  /** The announce URLs that the community's torrents and magnet links name. */
  readonly trackersOf: (communityId: RunningRun['communityId']) => Promise<readonly string[]>
  /** Where others reach this node over HTTP; null where they cannot. */
  readonly publicUrl: string | null
  readonly readNewestVersion: (communityId: RunningRun['communityId']) => Promise<VersionRow | null>
  /** The highest generation of `data` that anything was packed or fetched into; 0 before the first. */
  readonly readNewestGeneration: (communityId: RunningRun['communityId']) => Promise<number>
  /** What the community's archives may take together; null where there is no bound. */
  readonly quotaOf: (communityId: RunningRun['communityId']) => Promise<number | null>
  /** What is free on the disk of the archives. */
  readonly readFreeBytes: () => Promise<number>
  /** What the node takes and may; `USUAL_DISK_USE` where nothing is said. */
  readonly readDiskUse?: ReadDiskUse
  readonly now: () => UnixMillis
  readonly logFailure: (details: string, run: RunningRun) => void
}

/**
 * Creates the packing of runs from what is known of their communities.
 *
 * A run that finds too little room fails before it writes: DISK_FULL or QUOTA_EXCEEDED, with the numbers.
 */
export function createPackRun(ports: PackRunPorts): ArchivingPorts['pack'] {
  const { archivesDir, packRecorded, trackersOf, publicUrl, readNewestVersion, readNewestGeneration } = ports
  const { quotaOf, readFreeBytes, now, logFailure } = ports

  async function dataOf(run: RunningRun, trackers: readonly string[]): Promise<RecordedRun> {
    const { communityId, from, to, contentTopics, partitionSeconds, recordedAfter } = run
    const previous = await readNewestVersion(communityId)
    const range = { communityId, from, to, contentTopics, partitionSeconds }
    const newGeneration = (await readNewestGeneration(communityId)) + 1
    const named = { trackers, publicUrl, createdAt: secondOf(now()) }
    const request = { archivesDir, ...range, previous, newGeneration, ...named }
    const diskUse = (await ports.readDiskUse?.()) ?? USUAL_DISK_USE
    const space = { previous, freeBytes: await readFreeBytes(), quotaBytes: await quotaOf(communityId), diskUse }
    return { request, recordedAfter, space }
  }

  return async (run, signal) => {
    const trackers = await trackersOf(run.communityId)
    const { packed, details } = await packRecorded(await dataOf(run, trackers), signal)
    // A run that was asked to stop has not failed.
    if (details !== null && !signal.aborted) logFailure(details, run)
    if (!packed.ok) return packed
    if (packed.value.type === 'EMPTY') return ok(packed.value)
    const { runId, communityId } = run
    const { infoHash } = packed.value.archive
    const magnetUri = magnetUriOf(infoHash, communityId, trackers, webSourcesOf(publicUrl, infoHash))
    return ok({ type: 'CREATED', archive: { ...packed.value.archive, runId, magnetUri } })
  }
}

/**
 * Creates packing on a thread of its own for each run.
 *
 * A thread that dies, for want of memory for example, is a run that failed: INTERNAL.
 */
export function createPackingThreads(messagesFile: string): PackRunPorts['packRecorded'] {
  const entry = new URL('./packing-thread.ts', import.meta.url)
  return async (run, signal) => {
    try {
      return await runThread<RecordedRunEnd>(entry, { ...run, messagesFile }, signal)
    } catch (fault) {
      return { packed: err({ code: 'INTERNAL', numbers: {} }), details: String(fault) }
    }
  }
}
