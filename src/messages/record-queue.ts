import { setImmediate } from 'node:timers/promises'
import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { messageBytes } from '../formats/message-encoding.ts'
import type { Write, WriteChunk } from './message-writer.ts'

/** How long one transaction collects messages before it commits. */
const CHUNK_MS = 4
/** How much one transaction collects, so that its commit is short too. */
const CHUNK_BYTES = 1_048_576

/** What became of messages that were given to be recorded. */
export interface RecordOutcome {
  readonly recorded: number
  /** How many were recorded before, with the very same bytes. */
  readonly duplicates: number
  /** Indexes of those whose key is taken by other bytes. The first keeps it. */
  readonly conflicts: readonly number[]
}

/** Messages of one call, and how far they are. */
interface Job {
  readonly communityId: CommunityId
  readonly messages: readonly Message[]
  /** The index of the message that is next. */
  next: number
  recorded: number
  duplicates: number
  readonly conflicts: number[]
  readonly settled: PromiseWithResolvers<RecordOutcome>
}

/** Takes turns at the one writer: short transactions, each for as many callers as fit. */
export interface RecordQueue {
  /** Records messages; resolves once all of them are committed. */
  add(communityId: CommunityId, messages: readonly Message[]): Promise<RecordOutcome>
  /** Resolves once all that was added before is settled. */
  idle(): Promise<void>
}

/** A queue over the writer of one database. */
export function createRecordQueue(writeChunk: WriteChunk): RecordQueue {
  let waiting: Job[] = []
  let running: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Who calls in the same turn of the event loop shares the transaction, and every turn has at most one.
      await setImmediate()
      waiting = recordChunk(writeChunk, waiting)
    }
    running = null
  }

  return {
    add(communityId, messages) {
      const settled = Promise.withResolvers<RecordOutcome>()
      waiting.push({ communityId, messages, next: 0, recorded: 0, duplicates: 0, conflicts: [], settled })
      running ??= drain()
      return settled.promise
    },
    async idle() {
      await running
    },
  }
}

/** Records one chunk, settles the jobs that it ends, and returns the others, the one that was cut short last. */
function recordChunk(writeChunk: WriteChunk, jobs: readonly Job[]): Job[] {
  let begun = 1
  try {
    writeChunk((write) => {
      const limit = createLimit()
      for (const [index, job] of jobs.entries()) {
        begun = index + 1
        while (job.next < job.messages.length) {
          if (limit.isReached()) return
          limit.add(recordNext(job, write))
        }
      }
    })
  } catch (cause) {
    for (const job of jobs.slice(0, begun)) job.settled.reject(failure(job, cause))
    return jobs.slice(begun)
  }
  for (const { settled, messages, next, recorded, duplicates, conflicts } of jobs) {
    if (next === messages.length) settled.resolve({ recorded, duplicates, conflicts })
  }
  const [cut, ...others] = jobs.filter((job) => job.next < job.messages.length)
  return cut === undefined ? [] : [...others, cut]
}

/** Records the next message of a job and returns its size in bytes. */
function recordNext(job: Job, write: Write): number {
  const message = job.messages[job.next]
  if (message === undefined) throw new Error(`There is no message ${job.next} of ${job.messages.length}`)
  switch (write(job.communityId, message)) {
    case 'RECORDED':
      job.recorded += 1
      break
    case 'DUPLICATE':
      job.duplicates += 1
      break
    case 'CONFLICT':
      job.conflicts.push(job.next)
  }
  job.next += 1
  return messageBytes(message)
}

function createLimit(): { isReached(): boolean; add(bytes: number): void } {
  const end = performance.now() + CHUNK_MS
  let left = CHUNK_BYTES
  return {
    isReached: () => left <= 0 || performance.now() >= end,
    add: (bytes) => {
      left -= bytes
    },
  }
}

function failure(job: Job, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Error(`Cannot record ${job.messages.length} messages of community ${job.communityId}: ${reason}`, {
    cause,
  })
}
