import { packArchives, type PackingSurroundings } from '../../archives/packing/pack-archives.ts'
import type { PackingRequest } from '../../archives/packing/packing-request.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { NoRoom } from '../../graphql/wishes.ts'
import type { MessageReader } from '../../messages/message-reader.ts'
import type { PackFailed, Packed } from '../../reactors/archiving-reactor.ts'
import { checkSpace, type SpaceQuestion } from './check-space.ts'
import { recordedMessages } from './recorded-messages.ts'

/** A run that is to be packed, and the room that there is for it. */
export interface RecordedRun {
  readonly request: PackingRequest
  /** Messages older than the range that were recorded after this one are packed too. */
  readonly recordedAfter: number
  readonly space: Pick<SpaceQuestion, 'previous' | 'freeBytes' | 'quotaBytes' | 'diskUse'>
}

/** How packing ended: the archive is without what only the node knows. */
export interface RecordedRunEnd {
  readonly packed: Result<PackedRecorded, PackFailed>
  /** Why it failed, for the node's own log. */
  readonly details: string | null
}

export type PackedRecorded =
  | Exclude<Packed, { type: 'CREATED' }>
  | {
      readonly type: 'CREATED'
      readonly archive: Omit<Extract<Packed, { type: 'CREATED' }>['archive'], 'runId' | 'magnetUri'>
    }

/** Packs what is recorded of a run, if there is room for it. Synchronous. */
export function packRecorded(
  messages: MessageReader,
  { request, recordedAfter, space }: RecordedRun,
  surroundings: PackingSurroundings,
): RecordedRunEnd {
  const run = { ...request, recordedAfter, recordedUpTo: messages.newestSequence() }
  const { recordedUpTo } = run
  const room = checkSpace(messages, { run, trackers: request.trackers, ...space })
  if (!room.ok)
    return { packed: err(failureOf(room.error)), details: 'There is too little room for what it would write' }
  const packed = packArchives(request, recordedMessages(messages, run), surroundings)
  if (!packed.ok) {
    const { code, numbers, cause } = packed.error
    return { packed: err({ code, numbers }), details: detailsOf(cause) }
  }
  if (packed.value === null) return { packed: ok({ type: 'EMPTY', recordedUpTo }), details: null }
  const { archives, generation, dataBytes, indexBytes, infoHash } = packed.value
  const archive = { archives, generation, dataBytes, indexBytes, infoHash, recordedUpTo }
  return { packed: ok({ type: 'CREATED', archive }), details: null }
}

function failureOf(refusal: NoRoom): PackFailed {
  const { type, ...numbers } = refusal
  return { code: type === 'DiskTooFull' ? 'DISK_FULL' : 'QUOTA_EXCEEDED', numbers }
}

function detailsOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
