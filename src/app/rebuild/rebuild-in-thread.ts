import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { EventLog } from '../../events/event-log.ts'
import type { Position } from '../../events/recorded-event.ts'
import type { RebuildMessage, RebuildThreadData } from './rebuild-thread.ts'

export interface RebuildWork {
  readonly dataDir: string
  readonly log: Pick<EventLog, 'whileHeld'>
  /** Told how far it is, ten times a second. */
  readonly onProgress: (position: Position, headPosition: Position) => void
  /** Told when appends begin to wait. */
  readonly onSwapping: () => void
  /** Breaks it off, whatever it is at. */
  readonly signal: AbortSignal
}

/** A handler needs little memory; what a statement needs is SQLite's. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 256 }

const NAME = 'rebuild.db'

/** Removes what a rebuild left that did not live to its end. For the process that holds the lock of the data directory. */
export function removeRebuiltFile(dataDir: string): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(join(dataDir, NAME + ending), { force: true })
}

/**
 * Rebuilds the read models on a thread beside the node, and swaps them when they are as new as the log, while appends wait.
 *
 * @returns The position that they are as of.
 * @throws When it failed, was broken off, or the thread died. The old read models are then as they were.
 */
export async function rebuildInThread(work: RebuildWork): Promise<Position> {
  const { dataDir, signal } = work
  removeRebuiltFile(dataDir)
  const workerData: RebuildThreadData = { file: join(dataDir, 'seedbank.db'), rebuiltFile: join(dataDir, NAME) }
  const worker = new Worker(new URL('./rebuild-thread.ts', import.meta.url), {
    workerData,
    resourceLimits: THREAD_LIMITS,
  })
  const breakOff = (): void => void worker.terminate()
  signal.addEventListener('abort', breakOff)
  if (signal.aborted) breakOff()
  try {
    return await follow(worker, work)
  } finally {
    signal.removeEventListener('abort', breakOff)
    removeRebuiltFile(dataDir)
  }
}

/** Settles once the thread is gone, and with it its connections and their locks. */
async function follow(worker: Worker, { log, onProgress, onSwapping, signal }: RebuildWork): Promise<Position> {
  let swapped: Position | null = null
  let fault: unknown = null
  let held: Promise<void> = Promise.resolve()
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.once('error', (error) => (fault = error))
  worker.on('message', (message: RebuildMessage) => {
    switch (message.type) {
      case 'PROGRESS':
        return onProgress(message.position, message.headPosition)
      case 'NEAR':
        held = log.whileHeld(async () => {
          onSwapping()
          worker.postMessage('HELD')
          await gone
        })
        return
      case 'SWAPPED':
        swapped = message.position
    }
  })
  await gone
  await held
  if (swapped !== null) return swapped
  if (signal.aborted) throw new Error('Cannot go on rebuilding the read models: it was broken off')
  throw new Error('Cannot rebuild the read models', { cause: fault ?? new Error('the thread ended too early') })
}
