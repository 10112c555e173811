import { setImmediate } from 'node:timers/promises'

/** How long one transaction collects steps before it commits. */
const CHUNK_MS = 4
/** How much one transaction collects, so that its commit is short too. */
const CHUNK_BYTES = 1_048_576

/**
 * Work on the database, in short steps: each yields the bytes that it wrote. The transaction may end after any of them,
 * and the next step then runs in another one.
 */
export type Steps<Outcome> = Generator<number, Outcome, void>

/** Work that was asked for, and has not ended. */
interface Job {
  readonly name: string
  /** Does the next step. Returns the bytes it wrote; null when the work is done. */
  step(): number | null
  resolve(): void
  reject(reason: Error): void
}

/** Takes turns at the one writer: short transactions, each for as many callers as fit. */
export interface WriteQueue {
  /**
   * Does some work along with what else waits to be done.
   *
   * @param name What is done, as in "Cannot …".
   * @returns Once all of it is committed.
   * @throws When the database fails, or the queue was closed.
   */
  run<Outcome>(name: string, steps: Steps<Outcome>): Promise<Outcome>

  /** Takes no more work. Resolves once all that was asked for before is settled. */
  close(): Promise<void>
}

/**
 * A queue over the writer of one database.
 *
 * @param writeChunk Runs some steps in one durable transaction.
 */
export function createWriteQueue(writeChunk: (steps: () => void) => void): WriteQueue {
  let waiting: Job[] = []
  let running: Promise<void> | null = null
  let isClosed = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Who calls in the same turn of the event loop shares the transaction, and every turn has at most one.
      await setImmediate()
      waiting = runChunk(writeChunk, waiting)
    }
    running = null
  }

  return {
    run: async (name, steps) => {
      if (isClosed) throw new Error(`Cannot ${name}: the store is closed`)
      const { job, outcome } = createJob(name, steps)
      waiting.push(job)
      running ??= drain()
      return outcome
    },
    async close() {
      isClosed = true
      await running
    },
  }
}

function createJob<Outcome>(
  name: string,
  steps: Steps<Outcome>,
): { readonly job: Job; readonly outcome: Promise<Outcome> } {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  let end: IteratorResult<number, Outcome> | null = null
  const job: Job = {
    name,
    step() {
      end = steps.next()
      return end.done === true ? null : end.value
    },
    resolve() {
      if (end?.done === true) resolve(end.value)
    },
    reject,
  }
  return { job, outcome: promise }
}

/** Runs one chunk, settles the jobs that it ends, and returns the others, the one that was cut short last. */
function runChunk(writeChunk: (steps: () => void) => void, jobs: readonly Job[]): Job[] {
  let begun = 0
  let done = 0
  try {
    writeChunk(() => {
      const limit = createLimit()
      for (const job of jobs) {
        if (limit.isReached()) return
        begun += 1
        if (!runJob(job, limit)) return
        done += 1
      }
    })
  } catch (cause) {
    const failed = Math.max(1, begun)
    for (const { name, reject } of jobs.slice(0, failed)) reject(failure(name, cause))
    return jobs.slice(failed)
  }
  for (const job of jobs.slice(0, done)) job.resolve()
  return [...jobs.slice(begun), ...jobs.slice(done, begun)]
}

/** Returns whether the work is done. */
function runJob(job: Job, limit: Limit): boolean {
  while (!limit.isReached()) {
    const bytes = job.step()
    if (bytes === null) return true
    limit.add(bytes)
  }
  return false
}

interface Limit {
  isReached(): boolean
  add(bytes: number): void
}

function createLimit(): Limit {
  const end = performance.now() + CHUNK_MS
  let left = CHUNK_BYTES
  return {
    isReached: () => left <= 0 || performance.now() >= end,
    add: (bytes) => {
      left -= bytes
    },
  }
}

function failure(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Error(`Cannot ${name}: ${reason}`, { cause })
}
