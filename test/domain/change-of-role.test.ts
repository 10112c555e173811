import { describe, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import {
  archiveCreationStarted,
  archivingEnabled,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  created,
  magnetlinkDispatched,
  packed,
  runId,
  served,
  TOPICS,
  unseeded,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  archiveDownloaded,
  downloadCancelled,
  downloadFinished,
  downloadId,
  downloadStarted,
  fetchedVersion,
  fetchedAndServed,
  fetched,
  fetchedArchive,
  fetching,
  linkOf,
  magnetlinkReceived,
  member,
} from '../support/member-facts.ts'

const communityId = COMMUNITY
const nowMember = [communityLeft, communityAdded('MEMBER'), archivingEnabled]
const nowControlNode = [communityLeft, communityAdded(), archivingEnabled]
const purge = { type: 'PurgeCommunity', communityId } as const
const purged = { type: 'CommunityPurged', communityId, data: {} } as const

/** Run 9 has packed one archive, from the beginning of `data` unless it is told otherwise. */
function pack(generation: number, start = 0) {
  return { type: 'RecordArchiveCreated', communityId, archive: { ...packed(9, start), generation } } as const
}
function packedBy(command: ReturnType<typeof pack>) {
  const { runId: _, ...range } = archiveCreationStarted(9).data
  return { type: 'ArchiveCreated', communityId, data: { ...command.archive, ...range } } as const
}
const closed = { type: 'DataNotAppended', expectedOffset: 0 } as const
const run = archiveCreationStarted(9)
function finish(n: number, generation: number) {
  return { type: 'RecordDownloadFinished', communityId, download: fetchedVersion(n, generation) } as const
}
function complete(n: number, generation: number) {
  const told = { downloadId: downloadId(n), generation, archives: [fetchedArchive(n)] }
  return { type: 'RecordArchivesDownloaded', communityId, ...told } as const
}

describe('a member that becomes the control node', () => {
  test('packs from the oldest message on, whatever it fetched, or packed before that', () => {
    const create = { type: 'CreateArchive', communityId, runId: runId(9), from: null, to: null } as const
    const known = { now: at(9), oldestMessageAt: at(2), protocolEnabled: true }
    const begun = { ...run.data, from: at(2), to: at(9), contentTopics: TOPICS, recordedAfter: 0 }
    const started = { type: 'ArchiveCreationStarted', communityId, data: begun } as const
    given(member, fetched(1), nowControlNode)
      .when({ ...create, ...known })
      .then(started)
    given(member, nowControlNode, created(5), nowMember, fetched(1, 2), nowControlNode)
      .when({ ...create, ...known })
      .then(started)
  })

  test('never appends to what it fetched, whole or in part (rule 6)', () => {
    const whole = [member, fetched(1), nowControlNode, run].flat()
    given(whole).when(pack(1)).thenRefused(closed)
    given(whole).when(pack(1, PIECE_BYTES)).thenRefused(closed)
    given(whole)
      .when(pack(2))
      .then(packedBy(pack(2)))
    const part = [member, fetching(1), archiveDownloaded(1, 1), downloadCancelled(1, 'LEFT')].flat()
    given(part, nowControlNode, run).when(pack(1)).thenRefused(closed)
    given(part, nowControlNode, run)
      .when(pack(2))
      .then(packedBy(pack(2)))
  })

  test('appends to what it packed itself, where it only began to fetch meanwhile', () => {
    const past = [member, nowControlNode, created(1), nowMember, fetching(2), archiveDownloaded(2, 2, 2)].flat()
    given(past, downloadCancelled(2, 'LEFT'), nowControlNode, run)
      .when(pack(1, PIECE_BYTES))
      .then(packedBy(pack(1, PIECE_BYTES)))
    given(past, downloadCancelled(2, 'LEFT'), nowControlNode, run).when(pack(2)).thenRefused('DataNotAppended')
  })

  test('does not go back to what it packed before it fetched', () => {
    const past = [member, nowControlNode, created(1), nowMember, fetched(2, 2), nowControlNode, run].flat()
    given(past).when(pack(1, PIECE_BYTES)).thenRefused(closed)
    given(past)
      .when(pack(2, 2 * PIECE_BYTES))
      .thenRefused(closed)
    given(past)
      .when(pack(3))
      .then(packedBy(pack(3)))
  })

  test('never creates before, nor dispatches (rule 1)', () => {
    const known = { now: at(9), oldestMessageAt: at(2), protocolEnabled: true }
    given(member, fetchedAndServed(1))
      .when({ type: 'CreateArchive', communityId, runId: runId(9), from: null, to: null, ...known })
      .thenRefused('NotControlNode')
    given(member, fetchedAndServed(1))
      .when({ type: 'DispatchMagnetlink', communityId, ...magnetlinkDispatched(1, 900).data, occasion: 'FIRST' })
      .thenRefused('NotControlNode')
  })
})

describe('a control node that becomes a member', () => {
  const past = [member, nowControlNode, created(1), nowMember].flat()

  test('fetches nothing into what it packed (rule 6)', () => {
    const refusal = { type: 'GenerationClosed', generation: 1 } as const
    given(past, fetching(2)).when(finish(2, 1)).thenRefused(refusal)
    given(past, fetching(2)).when(complete(2, 1)).thenRefused(refusal)
    given(past, fetching(2)).when(finish(2, 2)).then(downloadFinished(2, 2))
    given(past, fetching(2))
      .when(complete(2, 2))
      .then(archiveDownloaded(2, 2, 2))
    const between = [...past, ...fetched(2, 2), ...nowControlNode, run, packedBy(pack(3)), ...nowMember]
    given(between, fetching(4)).when(finish(4, 3)).thenRefused({ type: 'GenerationClosed', generation: 3 })
    // What it fetched before may still be what agrees best.
    given(between, fetching(4)).when(finish(4, 2)).then(downloadFinished(4, 2))
  })

  test('has what it dispatched, and fetches no older link', () => {
    const start = { type: 'StartDownload', communityId, downloadId: downloadId(2), selection: null } as const
    const dispatched = [member, magnetlinkReceived(7), nowControlNode, served(1), magnetlinkDispatched(1, 900)].flat()
    given(dispatched, nowMember)
      .when({ ...start, occasion: 'LINK', protocolEnabled: true })
      .then()
    given(dispatched, communityLeft, unseeded(1, 'LEFT'), purged, communityAdded('MEMBER'), archivingEnabled)
      .when({ ...start, occasion: 'LINK', protocolEnabled: true })
      .then(downloadStarted(2, linkOf(1, 900)))
  })
})

describe('PurgeCommunity of a member', () => {
  test('is granted once, where something was fetched, or begun to', () => {
    given(member, magnetlinkReceived(1), communityLeft).when(purge).then()
    given(member, fetching(1), downloadCancelled(1, 'LEFT'), communityLeft).when(purge).then(purged)
    given(member, fetched(1), communityLeft).when(purge).then(purged)
    given(member, fetched(1), communityLeft, purged).when(purge).then()
    given(member, fetchedAndServed(1), communityLeft).when(purge).thenRefused('StillServed')
  })

  test('lets all generations begin anew', () => {
    const past = [member, nowControlNode, created(1), nowMember, fetched(2, 2), communityLeft, purged].flat()
    given(past, communityAdded('MEMBER'), archivingEnabled, fetching(3)).when(finish(3, 1)).then(downloadFinished(3, 1))
    given(past, communityAdded(), archivingEnabled, run)
      .when(pack(1))
      .then(packedBy(pack(1)))
  })
})
