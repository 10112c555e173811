import { PARTITION_SECONDS, type ArchiveEntry, type RunId } from './archive.ts'
import type {
  CreateArchive,
  CreateScheduledArchive,
  RecordArchiveCreated,
  RecordArchiveCreationFailed,
  RecordNoArchiveCreated,
} from './commands.ts'
import { DEFAULT_INTERVAL_SECONDS } from './community-settings.ts'
import type { Data, Decision, KnownCommunity, Run } from './community.ts'
import type {
  ArchiveCreationRunning,
  ArchivingIsDisabled,
  CommunityWasLeft,
  NoContentTopics,
  NoMessagesYet,
  NotControlNode,
  NotDueYet,
  ProtocolIsDisabled,
  RangeEmpty,
  RangeInFuture,
  RangeNotNext,
  RunNotActive,
} from './refusals.ts'
import { err, ok, type Result } from './result.ts'
import { dueAtOf, scheduledRangeOf, type ScheduledRange } from './schedule.ts'

type ArchivingBar = CommunityWasLeft | NotControlNode | ArchivingIsDisabled | ProtocolIsDisabled | NoContentTopics

type NoRange = NoMessagesYet | RangeNotNext | RangeEmpty | RangeInFuture | NotDueYet

export function createArchive(command: CreateArchive, community: KnownCommunity): Decision {
  const ready = checkReady(command, community)
  return ready.ok ? startRun(command, archiveRangeOf(command, community), community) : ready
}

export function createScheduledArchive(command: CreateScheduledArchive, community: KnownCommunity): Decision {
  const ready = checkReady(command, community)
  if (!ready.ok) return ready
  if (community.seeding === 'WITHDRAWN') return err({ type: 'SeedingIsWithdrawn' })
  return startRun(command, dueRangeOf(command, community), community)
}

function startRun(
  { communityId, runId }: CreateArchive | CreateScheduledArchive,
  range: Result<ScheduledRange, NoRange>,
  { contentTopics, recordedUpTo }: KnownCommunity,
): Decision {
  if (!range.ok) return range
  const run = { runId, ...range.value, contentTopics, partitionSeconds: PARTITION_SECONDS, recordedAfter: recordedUpTo }
  return ok([{ type: 'ArchiveCreationStarted', communityId, data: run }])
}

function checkReady(
  { protocolEnabled }: CreateArchive | CreateScheduledArchive,
  community: KnownCommunity,
): Result<null, ArchivingBar | ArchiveCreationRunning> {
  const bar = barToArchiving(community, protocolEnabled)
  if (bar !== null) return err(bar)
  if (community.run !== null) return err({ type: 'ArchiveCreationRunning', runId: community.run.runId })
  return ok(null)
}

/** What bars every run of a community, whatever its range; null when nothing does. */
export function barToArchiving(
  { status, role, archiving, contentTopics }: Pick<KnownCommunity, 'status' | 'role' | 'archiving' | 'contentTopics'>,
  protocolEnabled: boolean,
): ArchivingBar | null {
  if (status === 'LEFT') return { type: 'CommunityWasLeft' }
  if (role !== 'CONTROL_NODE') return { type: 'NotControlNode' }
  if (!protocolEnabled) return { type: 'ProtocolIsDisabled' }
  if (archiving === 'DISABLED') return { type: 'ArchivingIsDisabled' }
  return contentTopics.length === 0 ? { type: 'NoContentTopics' } : null
}

/** What a run by itself packs: whole partitions, once they are due. */
function dueRangeOf(
  { now, oldestMessageAt, oldestLateAt }: CreateScheduledArchive,
  { archivedUpTo, settings }: KnownCommunity,
): Result<ScheduledRange, NoRange> {
  const intervalSeconds = settings.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS
  const times = { archivedUpTo, oldestMessageAt, oldestLateAt }
  const dueAt = dueAtOf({ ...times, intervalSeconds, partitionSeconds: PARTITION_SECONDS }, now)
  const from = archivedUpTo ?? oldestMessageAt
  if (from === null || dueAt === null) return err({ type: 'NoMessagesYet' })
  return now < dueAt ? err({ type: 'NotDueYet', dueAt }) : ok(scheduledRangeOf(from, now, PARTITION_SECONDS))
}

/** What an operator named, or everything up to now. */
export function archiveRangeOf(
  command: Pick<CreateArchive, 'from' | 'to' | 'now' | 'oldestMessageAt'>,
  { archivedUpTo }: Pick<KnownCommunity, 'archivedUpTo'>,
): Result<ScheduledRange, NoRange> {
  const { now, oldestMessageAt } = command
  const expectedFrom = archivedUpTo ?? oldestMessageAt
  const from = command.from ?? expectedFrom
  const to = command.to ?? now
  if (from === null) return err({ type: 'NoMessagesYet' })
  // The first run may reach back before the oldest message; later ones go on where the last ended.
  const isNext = archivedUpTo === null ? expectedFrom === null || from <= expectedFrom : from === archivedUpTo
  if (expectedFrom !== null && !isNext) return err({ type: 'RangeNotNext', expectedFrom })
  if (from >= to) return err({ type: 'RangeEmpty', from, to })
  if (to > now) return err({ type: 'RangeInFuture', now })
  return ok({ from, to })
}

export function recordArchiveCreated(command: RecordArchiveCreated, community: KnownCommunity): Decision {
  const { communityId, archive } = command
  const run = activeRun(archive.runId, community)
  if (!run.ok) return run
  const { origin, generation, sizeBytes } = community.data
  // A new generation is a new file. An older one is closed, as versions of it may still be served, and so is each that
  // something was fetched into: its bytes are the history of another.
  const isNew = archive.generation > community.generations.newest
  const isOpen = isNew || (origin === 'PACKED' && archive.generation === generation)
  const expectedOffset = isNew || origin === 'FETCHED' ? 0 : sizeBytes
  if (!isOpen || !isAppended(archive.archives, expectedOffset, archive.dataBytes)) {
    return err({ type: 'DataNotAppended', expectedOffset })
  }
  const { from, to, contentTopics, partitionSeconds, recordedAfter } = run.value
  const data = { ...archive, from, to, contentTopics, partitionSeconds, recordedAfter }
  return ok([{ type: 'ArchiveCreated', communityId, data }])
}

/** Whether the archives fill `data` from `start` to its end, one after the other. */
function isAppended(archives: readonly ArchiveEntry[], start: number, dataBytes: Data['sizeBytes']): boolean {
  let offset = start
  for (const archive of archives) {
    if (archive.offset !== offset) return false
    offset += archive.rawBytes + archive.paddingBytes
  }
  return archives.length > 0 && offset === dataBytes
}

export function recordNoArchiveCreated(command: RecordNoArchiveCreated, community: KnownCommunity): Decision {
  const { communityId, runId, recordedUpTo } = command
  const run = activeRun(runId, community)
  if (!run.ok) return run
  const { from, to } = run.value
  return ok([{ type: 'NoArchiveCreated', communityId, data: { runId, from, to, recordedUpTo } }])
}

export function recordArchiveCreationFailed(command: RecordArchiveCreationFailed, community: KnownCommunity): Decision {
  const { communityId, runId, code, numbers } = command
  const run = activeRun(runId, community)
  if (!run.ok) return run
  return ok([{ type: 'ArchiveCreationFailed', communityId, data: { runId, code, numbers } }])
}

function activeRun(runId: RunId, { run }: KnownCommunity): Result<Run, RunNotActive> {
  return run !== null && run.runId === runId ? ok(run) : err({ type: 'RunNotActive', runId })
}
