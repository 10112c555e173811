import { parentPort, workerData } from 'node:worker_threads'
import { packArchives } from '../archives/pack-archives.ts'
import type { PackingRequest } from '../archives/packing-request.ts'
import { openMessageReader, type MessageReader } from '../messages/message-reader.ts'
import type { PackFailed, Packed } from '../reactors/archiving-reactor.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { checkSpace, type DiskTooFull, type QuotaExceeded, type SpaceQuestion } from './check-space.ts'
import { recordedMessages } from './recorded-messages.ts'

/** What the thread is started with. */
export interface PackingThreadData {
  readonly request: PackingRequest
  /** Messages older than the range that were recorded after this one are packed too. */
  readonly recordedAfter: number
  readonly space: Pick<SpaceQuestion, 'previous' | 'freeBytes' | 'quotaBytes'>
  readonly messagesFile: string
  /** One 32-bit number: anything but 0 asks the thread to stop. */
  readonly stop: SharedArrayBuffer
}

/** What the thread answers with: the archive without what only its parent knows. */
export interface PackingThreadAnswer {
  readonly packed: Result<PackedByThread, PackFailed>
  /** Why it failed, for the node's own log. */
  readonly details: string | null
}

export type PackedByThread =
  | Exclude<Packed, { type: 'CREATED' }>
  | {
      readonly type: 'CREATED'
      readonly archive: Omit<Extract<Packed, { type: 'CREATED' }>['archive'], 'runId' | 'magnetUri'>
    }

/** Packs one run beside the event loop of the node, which meanwhile answers its clients. */
async function packInThread(data: PackingThreadData): Promise<PackingThreadAnswer> {
  const messages = openMessageReader(data.messagesFile)
  try {
    return packRecorded(messages, data)
  } finally {
    await messages.close()
  }
}

function packRecorded(
  messages: MessageReader,
  { request, recordedAfter, space, stop }: PackingThreadData,
): PackingThreadAnswer {
  const run = { ...request, recordedAfter, recordedUpTo: messages.newestSequence() }
  const { recordedUpTo } = run
  const room = checkSpace(messages, { run, trackers: request.trackers, ...space })
  if (!room.ok)
    return { packed: err(failureOf(room.error)), details: 'There is too little room for what it would write' }
  const flag = new Int32Array(stop)
  const packed = packArchives(request, recordedMessages(messages, run), {
    isStopped: () => Atomics.load(flag, 0) !== 0,
  })
  if (!packed.ok) {
    const { code, numbers, cause } = packed.error
    return { packed: err({ code, numbers }), details: detailsOf(cause) }
  }
  if (packed.value === null) return { packed: ok({ type: 'EMPTY', recordedUpTo }), details: null }
  const { archives, generation, dataBytes, indexBytes, infoHash } = packed.value
  const archive = { archives, generation, dataBytes, indexBytes, infoHash, recordedUpTo }
  return { packed: ok({ type: 'CREATED', archive }), details: null }
}

function failureOf(refusal: DiskTooFull | QuotaExceeded): PackFailed {
  const { type, ...numbers } = refusal
  return { code: type === 'DiskTooFull' ? 'DISK_FULL' : 'QUOTA_EXCEEDED', numbers }
}

function detailsOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

// The data is what `pack-run.ts` starts the thread with.
parentPort?.postMessage(await packInThread(workerData as PackingThreadData))
