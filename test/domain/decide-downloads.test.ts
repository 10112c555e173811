import { describe, expect, test } from 'vitest'
import type { DownloadFailureCode } from '../../src/domain/failure-codes.ts'
import {
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  damaged,
  infoHash,
  ready,
  seedingFailed,
  seedingStarted,
  seedingWithdrawn,
  unseeded,
} from '../support/community-facts.ts'
import { communityAfter, given } from '../support/given-when-then.ts'
import {
  archiveDownloaded,
  downloadCancelled,
  downloadFailed,
  downloadFinished,
  downloadId,
  downloadStarted,
  fetched,
  fetchedAndServed,
  fetchedArchive,
  fetchedVersion,
  fetching,
  linkOf,
  magnetlinkReceived,
  member,
} from '../support/member-facts.ts'

const communityId = COMMUNITY

const cancel = { type: 'CancelDownload', communityId } as const
function finish(n: number, generation = 1, torrent = n) {
  return { type: 'RecordDownloadFinished', communityId, download: fetchedVersion(n, generation, torrent) } as const
}
function fail(n: number, code: DownloadFailureCode) {
  return { type: 'RecordDownloadFailed', communityId, downloadId: downloadId(n), code, numbers: {} } as const
}
function complete(n: number, archives: readonly number[], generation = 1) {
  const told = { downloadId: downloadId(n), generation, archives: archives.map(fetchedArchive) }
  return { type: 'RecordArchivesDownloaded', communityId, ...told } as const
}

describe('the end of a download', () => {
  test('comes by request, once', () => {
    given(member, fetching(1)).when(cancel).then(downloadCancelled(1, 'REQUESTED'))
    given(member, fetched(1)).when(cancel).then()
    given(ready).when(cancel).thenRefused('NotMember')
  })

  test('comes by leaving, before it', () => {
    given(member, fetching(1))
      .when({ type: 'LeaveCommunity', communityId })
      .then(downloadCancelled(1, 'LEFT'), communityLeft)
  })

  test('comes when all that was wanted is here, as its link said', () => {
    given(member, fetching(1)).when(finish(1)).then(downloadFinished(1))
  })

  test('is not brought by disabling or withdrawing: it goes on later', () => {
    for (const off of [archivingDisabled, seedingWithdrawn]) {
      given(member, fetching(1), off).when(finish(1)).then(downloadFinished(1))
    }
  })

  test.each([finish(1), fail(1, 'NO_PEERS'), complete(1, [1])])('is told once, and of no other: $type', (command) => {
    const refusal = { type: 'DownloadNotActive', downloadId: downloadId(1) } as const
    given(member, fetched(1)).when(command).thenRefused(refusal)
    given(member, magnetlinkReceived(1), downloadStarted(2, linkOf(1)))
      .when(command)
      .thenRefused(refusal)
    const left = [...member, ...fetching(1), downloadCancelled(1, 'LEFT'), communityLeft]
    given(left).when(command).thenRefused(refusal)
    given(left, communityAdded(), archivingEnabled).when(command).thenRefused(refusal)
  })
})

describe('what a download tells on its way', () => {
  test('a failure once a change of reason, and again after it got on', () => {
    const past = [...member, ...fetching(1)]
    given(past).when(fail(1, 'NO_PEERS')).then(downloadFailed(1, 'NO_PEERS'))
    given(past, downloadFailed(1, 'NO_PEERS')).when(fail(1, 'NO_PEERS')).then()
    given(past, downloadFailed(1, 'NO_PEERS')).when(fail(1, 'STALLED')).then(downloadFailed(1, 'STALLED'))
    given(past, downloadFailed(1, 'NO_PEERS'), archiveDownloaded(1, 1))
      .when(fail(1, 'NO_PEERS'))
      .then(downloadFailed(1, 'NO_PEERS'))
  })

  test('an archive once a generation', () => {
    const past = [...member, ...fetching(1)]
    given(past)
      .when(complete(1, [1, 2, 1]))
      .then(archiveDownloaded(1, 1), archiveDownloaded(1, 2))
    given(past, archiveDownloaded(1, 1))
      .when(complete(1, [1, 2]))
      .then(archiveDownloaded(1, 2))
    given(past, archiveDownloaded(1, 1))
      .when(complete(1, [1], 2))
      .then(archiveDownloaded(1, 1, 2))
  })
})

describe('what was fetched', () => {
  const recordStarted = (n: number) => ({ type: 'RecordSeedingStarted', communityId, infoHash: infoHash(n) }) as const

  test('is served next, while what is served stays so until then (rule 2)', () => {
    given(member, fetched(1)).when(recordStarted(1)).then(seedingStarted(1))
    const replaced = { type: 'RecordUnseeded', communityId, infoHash: infoHash(1), reason: 'REPLACED' } as const
    given(member, fetchedAndServed(1), fetched(2)).when(replaced).thenRefused('TorrentNotReplaced')
    given(member, fetchedAndServed(1), fetchedAndServed(2)).when(replaced).then(unseeded(1, 'REPLACED'))
  })

  test('may be a torrent of before: still served, it is current again at once', () => {
    const wentBack = [magnetlinkReceived(1, 3), downloadStarted(3, linkOf(1, 3))]
    const past = [...member, ...fetchedAndServed(1), ...fetchedAndServed(2), ...wentBack]
    given(past)
      .when(finish(3, 1, 1))
      .then(downloadFinished(3, 1, 1), seedingStarted(1))
    const replaced = { type: 'RecordUnseeded', communityId, infoHash: infoHash(2), reason: 'REPLACED' } as const
    given(past, downloadFinished(3, 1, 1), seedingStarted(1))
      .when(replaced)
      .then(unseeded(2, 'REPLACED'))
    given(past, archivingDisabled)
      .when(finish(3, 1, 1))
      .then(downloadFinished(3, 1, 1))
    given(past, archivingDisabled, downloadFinished(3, 1, 1), archivingEnabled)
      .when(recordStarted(1))
      .then(seedingStarted(1))
  })

  test('has one part alone, also where it was on its way out, and failed', () => {
    const wentBack = [magnetlinkReceived(1, 3), downloadStarted(3, linkOf(1, 3)), downloadFinished(3, 1, 1)]
    const after = communityAfter(
      member,
      fetchedAndServed(1),
      fetchedAndServed(2),
      damaged(1, 'FILES_MISSING'),
      wentBack,
    )
    expect(after).toMatchObject({ torrents: { newest: infoHash(1), current: infoHash(2), retiring: null } })
  })

  test('may be a torrent that failed before another took its place: a failure is news again', () => {
    const past = [member, fetchedAndServed(1), fetched(2), seedingFailed(2, 'TIMED_OUT')].flat()
    const to = (n: number, torrent: number) => {
      const link = magnetlinkReceived(torrent, n)
      return [link, downloadStarted(n, linkOf(torrent, n)), downloadFinished(n, 1, torrent)]
    }
    given(past, to(3, 1), to(4, 2))
      .when({ type: 'RecordSeedingFailed', communityId, infoHash: infoHash(2), code: 'TIMED_OUT' })
      .then(seedingFailed(2, 'TIMED_OUT'))
  })
})
