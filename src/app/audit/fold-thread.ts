import { parentPort, workerData } from 'node:worker_threads'
import type { StateAt } from '../../audit/fold-log.ts'
import { foldLog, type ReplayRange } from '../../audit/replay-log.ts'
import { EventReader } from '../../events/event-reader.ts'
import { createStopCheck, type ThreadData } from '../run-thread.ts'

/** What the thread is started with. It answers with a `StateAt`. */
export interface FoldThreadData extends Omit<ReplayRange, 'from'>, ThreadData {
  /** The log. */
  readonly file: string
}

/** Folds the past of a log while it is told elsewhere. */
async function foldInThread(data: FoldThreadData): Promise<StateAt> {
  const reader = new EventReader(data.file)
  try {
    return await foldLog(data, reader, createStopCheck(data))
  } finally {
    reader.close()
  }
}

// The data is what `replay.ts` starts the thread with.
parentPort?.postMessage(await foldInThread(workerData as FoldThreadData))
