import { parentPort, workerData } from 'node:worker_threads'
import { createStopCheck, type ThreadData } from '../run-thread.ts'
import { workOnFiles, type FilesAnswer, type FilesWork } from './work-on-files.ts'

/** What the thread is started with. It answers with a `FilesAnswer`. */
export type FilesThreadData = FilesWork &
  ThreadData & {
    /** One 64-bit number: how many bytes were worked through. */
    readonly doneBytes: SharedArrayBuffer
  }

/** Works on files beside the event loop of the node, which meanwhile answers its clients. */
async function workInThread(data: FilesThreadData): Promise<FilesAnswer> {
  const done = new BigInt64Array(data.doneBytes)
  return workOnFiles(data, {
    isStopped: createStopCheck(data),
    onProgress: (doneBytes) => void Atomics.store(done, 0, BigInt(doneBytes)),
  })
}

// The data is what `files-work.ts` starts the thread with.
parentPort?.postMessage(await workInThread(workerData as FilesThreadData))
