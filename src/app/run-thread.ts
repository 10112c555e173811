import { once } from 'node:events'
import { Worker, type ResourceLimits } from 'node:worker_threads'

/** What each thread is started with, beside its own. */
export interface ThreadData {
  /** One 32-bit number: anything but 0 asks the thread to stop. */
  readonly stop: SharedArrayBuffer
}

/**
 * In megabytes. Told how little it needs, the garbage collector lets less stand: half of the memory above the idle node.
 * The rest is room for the index, which grows with the number of archives.
 */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

/**
 * Runs a thread to its answer, which is its first message.
 *
 * @param entry The file that the thread runs.
 * @param signal Asks the thread to stop; it answers all the same.
 * @param resourceLimits Of its memory; by default those of a thread that works on bytes.
 * @throws When the thread throws, or dies before it answers, for want of memory for example.
 */
export async function runThread<Answer>(
  entry: URL,
  data: object,
  signal: AbortSignal,
  resourceLimits: ResourceLimits = THREAD_LIMITS,
): Promise<Answer> {
  const stop = new SharedArrayBuffer(4)
  const workerData = { ...data, stop } satisfies ThreadData
  const worker = new Worker(entry, { workerData, resourceLimits })
  const raiseFlag = (): void => void Atomics.store(new Int32Array(stop), 0, 1)
  signal.addEventListener('abort', raiseFlag)
  if (signal.aborted) raiseFlag()
  try {
    // `once` rejects on 'error', which is what the thread threw.
    const [answer] = (await Promise.race([once(worker, 'message'), exitOf(worker)])) as [Answer]
    return answer
  } finally {
    signal.removeEventListener('abort', raiseFlag)
    await worker.terminate()
  }
}

/** For the thread: says whether it is asked to stop. */
export function createStopCheck({ stop }: ThreadData): () => boolean {
  const flag = new Int32Array(stop)
  return () => Atomics.load(flag, 0) !== 0
}

async function exitOf(worker: Worker): Promise<never> {
  const [code] = (await once(worker, 'exit')) as [number]
  throw new Error(`The thread ended with code ${code} before it answered`)
}
