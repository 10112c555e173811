import { parentPort, workerData } from 'node:worker_threads'
import { openMessageReader } from '../messages/message-reader.ts'
import { packRecorded, type RecordedRun, type RecordedRunEnd } from './pack-recorded.ts'

/** What the thread is started with. It answers with a `RecordedRunEnd`. */
export interface PackingThreadData extends RecordedRun {
  readonly messagesFile: string
  /** One 32-bit number: anything but 0 asks the thread to stop. */
  readonly stop: SharedArrayBuffer
}

/** Packs one run beside the event loop of the node, which meanwhile answers its clients. */
async function packInThread({ messagesFile, stop, ...run }: PackingThreadData): Promise<RecordedRunEnd> {
  const messages = openMessageReader(messagesFile)
  const flag = new Int32Array(stop)
  try {
    return packRecorded(messages, run, { isStopped: () => Atomics.load(flag, 0) !== 0 })
  } finally {
    await messages.close()
  }
}

// The data is what `pack-run.ts` starts the thread with.
parentPort?.postMessage(await packInThread(workerData as PackingThreadData))
