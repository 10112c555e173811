import { setImmediate } from 'node:timers/promises'
import { createLimit, type Limit } from './work-limit.ts'

/** How long one turn of the event loop goes on with steps. */
const TURN_MS = 4
/** How long one transaction collects steps, turn after turn, where nobody's work is done before. */
const TRANSACTION_MS = 50
/** How much one transaction collects, so that its commit is short too. */
const TRANSACTION_BYTES = 1_048_576

/**
 * Work on the database, in short steps: each yields the bytes that it wrote. The transaction may end after any of them,
 * and the next step then runs in another one.
 */
export type Steps<Outcome> = Generator<number, Outcome, void>

/** The one transaction of a writer. It stays open over turns of the event loop: nobody else may read on its connection. */
export interface Transaction {
  begin(): void
  /** Makes it durable. */
  commit(): void
  /** Ends one that failed, wherever it did; does nothing where none is open. */
  rollback(): void
}

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
   * @returns Once all of it is committed, which does not wait for others.
   * @throws When the database fails, or the queue was closed.
   */
  run<Outcome>(name: string, steps: Steps<Outcome>): Promise<Outcome>

  /** Does some work while no transaction is open, and none is begun until it ends. What waits, waits on. */
  alone<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>

  /** Takes no more work. Resolves once all that was asked for before is settled. */
  close(): Promise<void>
}

/** A queue over the writer of one database. */
export function createWriteQueue(transaction: Transaction): WriteQueue {
  const takeTurn = createTurns(transaction)
  let waiting: Job[] = []
  /** Whose turn was cut short: it waits behind all that came meanwhile. */
  let cut: Job | null = null
  let isOpen = false
  const aside: (() => Promise<void>)[] = []
  let running: Promise<void> | null = null
  let isClosed = false

  async function drain(): Promise<void> {
    while (waiting.length > 0 || cut !== null || aside.length > 0) {
      // Who calls in the same turn of the event loop shares the transaction.
      await setImmediate()
      const work = isOpen ? undefined : aside.shift()
      if (work === undefined) ({ waiting, cut, isOpen } = takeTurn({ waiting, cut }))
      else await work()
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
    alone: async (work) => {
      if (isClosed) throw new Error('Cannot have the database alone: the store is closed')
      const { run, outcome } = createAside(work)
      aside.push(run)
      running ??= drain()
      return outcome
    },
    async close() {
      isClosed = true
      await running
    },
  }
}

/** Work outside of transactions. What fails is its caller's to hear of. */
function createAside<Outcome>(work: () => Promise<Outcome>): {
  readonly run: () => Promise<void>
  readonly outcome: Promise<Outcome>
} {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome>()
  return { run: async () => work().then(resolve, reject), outcome }
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

/** Those that are not done. */
interface Jobs {
  readonly waiting: Job[]
  /** The one that was cut short by the end of the last turn, if one was. */
  readonly cut: Job | null
}

/** Creates what takes one turn, and settles the jobs that it ends. */
function createTurns(transaction: Transaction): (jobs: Jobs) => Jobs & { readonly isOpen: boolean } {
  /** Whose steps are in the open transaction; nobody's where none is open. */
  let sharing = new Set<Job>()
  let whole = createLimit(TRANSACTION_MS, TRANSACTION_BYTES)

  function begin(first: readonly Job[]): void {
    sharing = new Set(first)
    whole = createLimit(TRANSACTION_MS, TRANSACTION_BYTES)
    transaction.begin()
  }

  return ({ waiting, cut }) => {
    const jobs = cut === null ? waiting : [...waiting, cut]
    try {
      if (sharing.size === 0) begin(jobs.slice(0, 1))
      const { begun, done } = runJobs(jobs, cut, whole, sharing)
      if (done > 0 || whole.isReached()) {
        transaction.commit()
        sharing = new Set()
      }
      for (const job of jobs.slice(0, done)) job.resolve()
      return { waiting: jobs.slice(begun), cut: jobs.slice(done, begun)[0] ?? null, isOpen: sharing.size > 0 }
    } catch (cause) {
      transaction.rollback()
      const failed = sharing
      sharing = new Set()
      for (const { name, reject } of failed) reject(failure(name, cause))
      return { waiting: jobs.filter((job) => !failed.has(job)), cut: null, isOpen: false }
    }
  }
}

/**
 * Runs jobs one after the other, until the turn or the whole transaction has had enough.
 *
 * @param cut The long one among them, for which nobody waits whose work is done: it goes on in the next turn.
 * @param sharing Is given each that is begun.
 * @returns How many were begun, and how many of them are done: all, or all but the last.
 */
function runJobs(
  jobs: readonly Job[],
  cut: Job | null,
  whole: Limit,
  sharing: Set<Job>,
): { readonly begun: number; readonly done: number } {
  const turn = createLimit(TURN_MS, Infinity)
  const isOver = (): boolean => turn.isReached() || whole.isReached()
  let done = 0
  for (const job of jobs) {
    if (isOver() || (job === cut && done > 0)) return { begun: done, done }
    sharing.add(job)
    for (let bytes = job.step(); bytes !== null; bytes = job.step()) {
      whole.add(bytes)
      if (isOver()) return { begun: done + 1, done }
    }
    done += 1
  }
  return { begun: done, done }
}

function failure(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Error(`Cannot ${name}: ${reason}`, { cause })
}
