import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ArchiveVersion } from '../archives/previous-version.ts'
import { magnetUriOf } from '../domain/magnet.ts'
import { err, ok } from '../domain/result.ts'
import { secondOf, type UnixMillis } from '../domain/time.ts'
import type { ArchivingPorts, RunningRun } from '../reactors/archiving-reactor.ts'
import type { RecordedRun, RecordedRunEnd } from './pack-recorded.ts'
import type { PackingThreadData } from './packing-thread.ts'

/** The version that a run adds to. */
export type NewestVersion = ArchiveVersion & { readonly indexBytes: number }

export interface PackRunPorts {
  readonly archivesDir: string
  /** Packs one run; ends soon after `signal` aborts. */
  readonly packRecorded: (run: RecordedRun, signal: AbortSignal) => Promise<RecordedRunEnd>
  /** The announce URLs that the community's torrents and magnet links name. */
  readonly trackersOf: (communityId: RunningRun['communityId']) => Promise<readonly string[]>
  readonly readNewestVersion: (communityId: RunningRun['communityId']) => Promise<NewestVersion | null>
  /** What the community's archives may take together; null where there is no bound. */
  readonly quotaOf: (communityId: RunningRun['communityId']) => Promise<number | null>
  /** What is free on the disk of the archives. */
  readonly readFreeBytes: () => Promise<number>
  readonly now: () => UnixMillis
  readonly logFailure: (details: string, run: RunningRun) => void
}

/**
 * In megabytes. Told how little it needs, the garbage collector lets less stand: half of the memory above the idle node.
 * The rest is room for the index, which grows with the number of archives.
 */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

/**
 * Creates the packing of runs from what is known of their communities.
 *
 * A run that finds too little room fails before it writes: DISK_FULL or QUOTA_EXCEEDED, with the numbers.
 */
export function createPackRun(ports: PackRunPorts): ArchivingPorts['pack'] {
  const { archivesDir, packRecorded, trackersOf, readNewestVersion, quotaOf, readFreeBytes, now, logFailure } = ports

  async function dataOf(run: RunningRun, trackers: readonly string[]): Promise<RecordedRun> {
    const { communityId, from, to, contentTopics, partitionSeconds, recordedAfter } = run
    const previous = await readNewestVersion(communityId)
    const range = { communityId, from, to, contentTopics, partitionSeconds }
    const request = { archivesDir, ...range, previous, trackers, createdAt: secondOf(now()) }
    const space = { previous, freeBytes: await readFreeBytes(), quotaBytes: await quotaOf(communityId) }
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
    const magnetUri = magnetUriOf(packed.value.archive.infoHash, communityId, trackers)
    return ok({ type: 'CREATED', archive: { ...packed.value.archive, runId, magnetUri } })
  }
}

/**
 * Creates packing on a thread of its own for each run.
 *
 * A thread that dies, for want of memory for example, is a run that failed: INTERNAL.
 */
export function createPackingThreads(messagesFile: string): PackRunPorts['packRecorded'] {
  return async (run, signal) => runThread({ ...run, messagesFile }, signal)
}

async function runThread(data: Omit<PackingThreadData, 'stop'>, signal: AbortSignal): Promise<RecordedRunEnd> {
  const stop = new SharedArrayBuffer(4)
  const worker = new Worker(new URL('./packing-thread.ts', import.meta.url), {
    workerData: { ...data, stop },
    resourceLimits: THREAD_LIMITS,
  })
  const raiseFlag = (): void => void Atomics.store(new Int32Array(stop), 0, 1)
  signal.addEventListener('abort', raiseFlag)
  try {
    // `once` rejects on 'error', which is what the thread threw.
    const [answer] = (await Promise.race([once(worker, 'message'), exitOf(worker)])) as [RecordedRunEnd]
    return answer
  } catch (fault) {
    return { packed: err({ code: 'INTERNAL', numbers: {} }), details: String(fault) }
  } finally {
    signal.removeEventListener('abort', raiseFlag)
    await worker.terminate()
  }
}

async function exitOf(worker: Worker): Promise<never> {
  const [code] = (await once(worker, 'exit')) as [number]
  throw new Error(`The packing thread ended with code ${code} before it answered`)
}
