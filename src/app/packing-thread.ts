import { parentPort, workerData } from 'node:worker_threads'
import { packArchives } from '../archives/pack-archives.ts'
import type { PackingRequest } from '../archives/packing-request.ts'
import { freedMessages } from '../messages/freed-messages.ts'
import { openMessageReader } from '../messages/message-reader.ts'
import { ok } from '../domain/result.ts'
import type { PackFailed, Packed } from '../reactors/archiving-reactor.ts'
import type { Result } from '../domain/result.ts'

/** What the thread is started with. */
export interface PackingThreadData {
  readonly request: PackingRequest
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
async function packInThread({ request, messagesFile, stop }: PackingThreadData): Promise<PackingThreadAnswer> {
  const messages = openMessageReader(messagesFile)
  try {
    const recordedUpTo = messages.newestSequence()
    const { communityId, contentTopics: topics } = request
    const flag = new Int32Array(stop)
    const packed = packArchives(
      request,
      {
        inRange: (from, to) => freedMessages(messages.readRange({ communityId, from, to, topics, recordedUpTo })),
        late: () => [],
      },
      { isStopped: () => Atomics.load(flag, 0) !== 0 },
    )
    if (!packed.ok) {
      const { code, numbers, cause } = packed.error
      return { packed: { ok: false, error: { code, numbers } }, details: detailsOf(cause) }
    }
    if (packed.value === null) return { packed: ok({ type: 'EMPTY', recordedUpTo }), details: null }
    const { archives, generation, dataBytes, indexBytes, infoHash } = packed.value
    const archive = { archives, generation, dataBytes, indexBytes, infoHash, recordedUpTo }
    return { packed: ok({ type: 'CREATED', archive }), details: null }
  } finally {
    await messages.close()
  }
}

function detailsOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

// The data is what `pack-run.ts` starts the thread with.
parentPort?.postMessage(await packInThread(workerData as PackingThreadData))
