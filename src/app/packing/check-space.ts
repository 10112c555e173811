import { neededBytes, type LoadedRequest, type MessageLoad } from '../../archives/packing/needed-bytes.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { NoRoom } from '../../graphql/wishes.ts'
import type { MessageTotals } from '../../messages/late-messages.ts'
import type { MessageReader } from '../../messages/message-reader.ts'
import { checkDiskUse, USUAL_DISK_USE, type DiskUse, type ReadDiskUse } from './disk-use.ts'
import { lateRangesOf, type RunMessages } from './recorded-messages.ts'

/** A run that has not written anything yet, and the room that there is for it. */
export interface SpaceQuestion {
  readonly run: RunMessages
  readonly trackers: readonly string[]
  /** The version that it adds to; null for a community that has none. */
  readonly previous: LoadedRequest['previous']
  /** What is free on the disk of the archives. */
  readonly freeBytes: number
  /** What the version to come may take; null where there is no bound. */
  readonly quotaBytes: number | null
  /** What the node takes and may; `USUAL_DISK_USE` where nothing is said. */
  readonly diskUse?: DiskUse
}

export interface SpaceCheckPorts {
  readonly messages: MessageReader
  readonly trackersOf: (communityId: CommunityId) => Promise<readonly string[]>
  readonly readNewestVersion: (communityId: CommunityId) => Promise<SpaceQuestion['previous']>
  readonly quotaOf: (communityId: CommunityId) => Promise<number | null>
  readonly readFreeBytes: () => Promise<number>
  readonly readDiskUse?: ReadDiskUse
}

/** Asks about a run that would begin now, before it is wished for. */
export type CheckSpace = (run: Omit<RunMessages, 'recordedUpTo'>) => Promise<Result<null, NoRoom>>

/**
 * Tells before a run whether there is room for what it will write, and whether its version keeps to the quota.
 *
 * What a run needs is known but for the padding of its archives, a piece each: that much more may be asked for.
 *
 * @returns `ok` too where there is no message to pack, as nothing is written then.
 */
export function checkSpace(reader: MessageReader, question: SpaceQuestion): Result<null, NoRoom> {
  const { run } = question
  const { communityId, from, to, contentTopics: topics, recordedUpTo, partitionSeconds } = run
  const late = lateRangesOf(reader, run)
  // Whole days are summed up in no time, and never come to less. Only where they do not fit does each message count.
  const days = reader.totalsOfDays(communityId, from, to)
  const most = { ...days, partitions: Math.min(days.messages, Math.ceil((to - from) / partitionSeconds)) }
  const quick = checkLoad(question, loadOf(most, late))
  if (quick.ok) return quick
  const exact = reader.totalsOfRange({ communityId, from, to, topics, recordedUpTo }, partitionSeconds)
  return checkLoad(question, loadOf(exact, late))
}

/** Creates the same check for wishes, with what is recorded and free when it is asked. */
export function createCheckSpace(ports: SpaceCheckPorts): CheckSpace {
  const { messages, trackersOf, readNewestVersion, quotaOf, readFreeBytes } = ports
  return async (run) =>
    checkSpace(messages, {
      run: { ...run, recordedUpTo: messages.newestSequence() },
      trackers: await trackersOf(run.communityId),
      previous: await readNewestVersion(run.communityId),
      quotaBytes: await quotaOf(run.communityId),
      freeBytes: await readFreeBytes(),
      diskUse: (await ports.readDiskUse?.()) ?? USUAL_DISK_USE,
    })
}

/** Each group of late messages has a range of its own. */
function loadOf(inRange: MessageLoad, late: readonly MessageTotals[]): MessageLoad {
  const sum = (key: keyof MessageTotals): number => late.reduce((total, group) => total + group[key], inRange[key])
  return { messages: sum('messages'), bytes: sum('bytes'), partitions: inRange.partitions + late.length }
}

function checkLoad(
  { run, trackers, previous, freeBytes, quotaBytes, diskUse = USUAL_DISK_USE }: SpaceQuestion,
  load: MessageLoad,
): Result<null, NoRoom> {
  const { contentTopics } = run
  const { writtenBytes, versionBytes } = neededBytes({ contentTopics, trackers, previous }, load)
  if (writtenBytes === 0) return ok(null)
  const room = checkDiskUse(writtenBytes, freeBytes, diskUse)
  if (!room.ok) return room
  const isOver = quotaBytes !== null && versionBytes > quotaBytes
  return isOver ? err({ type: 'QuotaExceeded', neededBytes: versionBytes, quotaBytes }) : ok(null)
}
