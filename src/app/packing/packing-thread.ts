import { parentPort, workerData } from 'node:worker_threads'
import { openMessageReader } from '../../messages/message-reader.ts'
import { packRecorded, type RecordedRun, type RecordedRunEnd } from './pack-recorded.ts'
import { createStopCheck, type ThreadData } from '../run-thread.ts'

/** What the thread is started with. It answers with a `RecordedRunEnd`. */
export interface PackingThreadData extends RecordedRun, ThreadData {
  readonly messagesFile: string
}

/** Packs one run beside the event loop of the node, which meanwhile answers its clients. */
async function packInThread(data: PackingThreadData): Promise<RecordedRunEnd> {
  const messages = openMessageReader(data.messagesFile)
  try {
    return packRecorded(messages, data, { isStopped: createStopCheck(data) })
  } finally {
    await messages.close()
  }
}

// The data is what `pack-run.ts` starts the thread with.
parentPort?.postMessage(await packInThread(workerData as PackingThreadData))
