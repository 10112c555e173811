import { open, type FileHandle } from 'node:fs/promises'
import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import { messageBytes } from '../formats/message-encoding.ts'
import type { MessageStore } from './message-store.ts'
import { readAhead } from './read-ahead.ts'
import { readNdjson, type NdjsonLine } from './read-ndjson.ts'

/** What became of a batch. Indexes are those of the batch. */
export interface BatchOutcome {
  readonly recorded: number
  readonly duplicates: number
  readonly rejected: readonly { readonly index: number; readonly code: string }[]
}

/** Records a batch of at most 1,000 messages: the store itself, or a running server. */
export type RecordBatch = (messages: readonly Message[]) => Promise<BatchOutcome>

/** A line that was not recorded, and why: the code of a `LineRejection`, `CONFLICT`, or one of the server's. */
export interface RejectedLine {
  readonly line: number
  readonly code: string
  readonly field: string | null
  readonly message: string
}

/** How far it is: bytes of the file whose messages are dealt with. */
export interface NdjsonProgress {
  readonly phase: 'CHECKING' | 'RECORDING'
  readonly bytesRead: number
  readonly totalBytes: number
}

/** How much a batch holds at most. A message that is over the bytes goes alone. */
export interface BatchLimits {
  readonly messages: number
  /** Of their encodings. */
  readonly bytes: number
}

export interface RecordNdjsonOptions {
  /** The path of the file. */
  readonly file: string
  readonly record: RecordBatch
  /** 1,000 messages or 4 MiB if nothing is said. */
  readonly limits?: BatchLimits
  /** Check the whole file first, and record nothing if a line of it is bad. */
  readonly strict: boolean
  /** Called about once for every 256 KiB that are checked, and after each batch. */
  readonly onProgress?: (progress: NdjsonProgress) => void
  /** Called for each line that is not recorded, in the order of the file. */
  readonly onRejected: (rejected: RejectedLine) => void
}

export interface RecordNdjsonResult {
  readonly recorded: number
  readonly duplicates: number
  readonly rejected: number
}

const USUAL_LIMITS: BatchLimits = { messages: 1_000, bytes: 4_194_304 }
const PROGRESS_BYTES = 262_144

/**
 * Records the messages of a newline-delimited JSON file of any size.
 *
 * A bad line is reported while the good ones go in; with `strict` nothing goes in then. Recording is idempotent,
 * so running it again finishes what was interrupted.
 *
 * @throws When the file cannot be read, or `record` fails. What was recorded until then stays.
 */
export async function recordNdjson(options: RecordNdjsonOptions): Promise<RecordNdjsonResult> {
  await using file = await open(options.file)
  const totalBytes = (await file.stat()).size
  const progress = (phase: NdjsonProgress['phase'], bytesRead: number): void =>
    options.onProgress?.({ phase, bytesRead, totalBytes })

  if (options.strict) {
    const rejected = await checkAll(file, options, (bytesRead) => progress('CHECKING', bytesRead))
    if (rejected > 0) return { recorded: 0, duplicates: 0, rejected }
  }
  return await recordAll(file, options, (bytesRead) => progress('RECORDING', bytesRead))
}

/** Recording straight into a store, for `recordNdjson`. */
export function recordInto(store: MessageStore, communityId: CommunityId): RecordBatch {
  return async (messages) => {
    const { recorded, duplicates, conflicts } = await store.record(communityId, messages)
    return { recorded, duplicates, rejected: conflicts.map((index) => ({ index, code: 'CONFLICT' })) }
  }
}

async function checkAll(
  file: FileHandle,
  { onRejected }: RecordNdjsonOptions,
  onBytes: (bytesRead: number) => void,
): Promise<number> {
  let rejected = 0
  let reported = 0
  for await (const { line, bytesRead, result } of readNdjson(file)) {
    if (!result.ok) {
      rejected += 1
      onRejected({ line, ...result.error })
    }
    if (bytesRead - reported >= PROGRESS_BYTES) {
      reported = bytesRead
      onBytes(bytesRead)
    }
  }
  return rejected
}

async function recordAll(
  file: FileHandle,
  { record, onRejected, limits = USUAL_LIMITS }: RecordNdjsonOptions,
  onBytes: (bytesRead: number) => void,
): Promise<RecordNdjsonResult> {
  const total = { recorded: 0, duplicates: 0, rejected: 0 }
  for await (const batch of readAhead(inBatches(readNdjson(file), limits))) {
    const outcome = batch.messages.length > 0 ? await record(batch.messages) : NOTHING
    total.recorded += outcome.recorded
    total.duplicates += outcome.duplicates
    const rejected = [...batch.rejected, ...outcome.rejected.map((refused) => rejectedLine(batch, refused))]
    total.rejected += rejected.length
    for (const line of rejected.toSorted((one, other) => one.line - other.line)) onRejected(line)
    onBytes(batch.bytesRead)
  }
  return total
}

const NOTHING: BatchOutcome = { recorded: 0, duplicates: 0, rejected: [] }

/** Consecutive lines of a file: the messages, the line that each stood on, and the lines that hold none. */
interface Batch {
  readonly messages: Message[]
  readonly lines: number[]
  readonly rejected: RejectedLine[]
  bytes: number
  bytesRead: number
}

async function* inBatches(lines: AsyncIterable<NdjsonLine>, limits: BatchLimits): AsyncGenerator<Batch, void> {
  let batch = emptyBatch()
  for await (const { line, bytesRead, result } of lines) {
    const bytes = result.ok ? messageBytes(result.value) : 0
    if (isFull(batch, bytes, limits)) {
      yield batch
      batch = emptyBatch()
    }
    batch.bytesRead = bytesRead
    batch.bytes += bytes
    if (result.ok) {
      batch.messages.push(result.value)
      batch.lines.push(line)
    } else {
      batch.rejected.push({ line, ...result.error })
    }
  }
  yield batch
}

/** Whether another message would be too much for the batch. */
function isFull({ messages, rejected, bytes }: Batch, nextBytes: number, limits: BatchLimits): boolean {
  const lines = messages.length + rejected.length
  return lines >= limits.messages || (messages.length > 0 && bytes + nextBytes > limits.bytes)
}

function emptyBatch(): Batch {
  return { messages: [], lines: [], rejected: [], bytes: 0, bytesRead: 0 }
}

function rejectedLine({ lines }: Batch, { index, code }: BatchOutcome['rejected'][number]): RejectedLine {
  const line = lines[index]
  if (line === undefined) throw new Error(`Cannot tell which line was refused: the batch has no message ${index}`)
  const message = code === 'CONFLICT' ? 'Another message is recorded under the same hash' : 'It was refused'
  return { line, code, field: null, message }
}
