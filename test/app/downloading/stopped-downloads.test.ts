import { once } from 'node:events'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { announcePeer } from '../../support/announce-peer.ts'
import { eventually } from '../../support/eventually.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { openMember } from '../../support/open-member.ts'
import { heldOf } from '../../support/parts-of-version.ts'
import { piecesOf, startPlainClient } from '../../support/plain-seeder.ts'
import { linkTo, seedVersion } from '../../support/seeded-version.ts'
import { mountSmallDisk } from '../../support/small-disk.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, startTorrentClient } from '../../support/torrent-client.ts'
import { startTracker } from '../../support/tracker-host.ts'
import { foreignCommunity, publishWeeks } from '../../support/weekly-history.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

const communityId = foreignCommunity(1)

describe('a download that does not get on says why', () => {
  test('for want of peers, and of pieces', async () => {
    const [member, tracker] = [await openMember(client, { stallMs: 500 }), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const alone = publishWeeks(communityId, 'ab')
    const waitingFor = (): unknown => member.members.reader.downloadProgress(communityId)?.waitingFor
    await member.submit(linkTo(alone, tracker))
    expect(await member.until('DownloadFailed')).toMatchObject({ data: { code: 'NO_PEERS' } })
    expect([waitingFor(), await member.diagnose(communityId)]).toEqual(['NO_PEERS', ['NO_PEERS']])

    const partial = publishWeeks(communityId, 'abc')
    const { seeder, link } = await seedVersion(partial, tracker, { pieces: [1, 3] })
    await member.submit(link)
    // On a busy machine the first try may find nobody in time.
    await eventually(() => expect(waitingFor()).toBe('PEERS_WITHOUT_PIECES'))
    expect(await heldOf(member.stores.archivesDir, partial)).toEqual([1])
    expect((await member.diagnose(communityId))[0]).toBe('PEERS_WITHOUT_PIECES')
    // What came is taken over meanwhile.
    expect(await member.until('ArchiveImported')).toMatchObject({ data: { archiveId: partial.archives[1]?.id } })
    // What is here of it is not fetched again by the next try.
    await eventually(() => expect(seeder.connections()).toBeGreaterThan(1))
    expect(seeder.requested.filter((piece) => piece === 1)).toHaveLength(7)
    const codes = (await member.facts()).flatMap((fact) => (fact.type === 'DownloadFailed' ? [fact.data.code] : []))
    expect(codes.filter((code) => code === 'PEERS_WITHOUT_PIECES')).toHaveLength(1)
    await member.wish({ type: 'CancelDownload', communityId })
    await member.reactors.settled()
    expect(member.members.reader.downloadProgress(communityId)).toBeNull()
  })

  test('for want of metadata', async () => {
    const [member, tracker] = [await openMember(client, { stallMs: 500 }), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const version = publishWeeks(communityId, 'abcd')
    const unknowing = startPlainClient()
    await once(unknowing, 'listening')
    unknowing.add(linkTo(version, tracker).magnetUri.replace(/&.*/, ''))
    await announcePeer(tracker, version.infoHash, `127.0.0.1:${unknowing.torrentPort}`)
    await member.submit(linkTo(version, tracker))
    const waitingFor = (): unknown => member.members.reader.downloadProgress(communityId)?.waitingFor
    await eventually(() => expect(waitingFor()).toBe('NO_METADATA'))
    expect(await member.diagnose(communityId)).toEqual(['METADATA_TIMED_OUT'])
  })

  test('for want of what the community or the disk may hold', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    await member.wish({ type: 'ChangeSettings', communityId, changes: { quotaBytes: 307_200 } })
    const version = publishWeeks(communityId, 'abc')
    const { seeder, link } = await seedVersion(version, tracker)
    await member.submit(link)
    const neededBytes = version.data.length + version.index.length
    const numbers = { neededBytes, quotaBytes: 307_200 }
    expect(await member.until('DownloadFailed')).toMatchObject({ data: { code: 'QUOTA_EXCEEDED', numbers } })
    expect((await member.diagnose(communityId))[0]).toBe('QUOTA_EXCEEDED')
    expect(member.members.reader.downloadProgress(communityId)).toMatchObject({ waitingFor: 'QUOTA_EXCEEDED' })
    expect(seeder.requested).toEqual([])
    await member.wish({ type: 'ChangeSettings', communityId, changes: { quotaBytes: neededBytes } })
    await member.until('DownloadFinished')
    expect(await member.diagnose(communityId)).not.toContain('QUOTA_EXCEEDED')
  })

  test('for want of space, and goes on when there is some', async (context) => {
    const dataDir = createTemporaryFolder()
    const disk = mountSmallDisk(join(dataDir, 'archives'), 250_000)
    if (disk === null) return context.skip()
    const [member, tracker] = [await openMember(client, { dataDir }), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const { seeder, link } = await seedVersion(publishWeeks(communityId, 'abc'), tracker)
    await member.submit(link)
    const failed = await member.until('DownloadFailed')
    expect(failed).toMatchObject({ data: { code: 'DISK_FULL', numbers: { neededBytes: 307_200 } } })
    expect((await member.diagnose(communityId))[0]).toBe('DISK_FULL')
    expect(piecesOf(seeder)).toEqual([3])
    disk.setBytes(1_000_000)
    await member.until('SeedingStarted')
    expect(piecesOf(seeder)).toEqual([0, 1, 2, 3])
    await member.close()
  })
})

test('a download whose torrent client dies goes on with the next one, from what is durable', async () => {
  const mortal = await startTorrentClient({ trackers: true })
  const [member, tracker] = [await openMember(mortal), await startTracker({ isKnown: () => true })]
  await member.join(communityId)
  const version = publishWeeks(communityId, 'abcd')
  const open = Promise.withResolvers<void>()
  const { seeder, link } = await seedVersion(version, tracker, {
    beforeBlock: async (piece) => (piece > 1 && piece < 4 ? open.promise : undefined),
  })
  await member.submit(link)
  await member.until('ArchiveDownloaded', 2)
  const up = nextEvent(mortal, 'UP')
  process.kill(mortal.pid ?? 0, 'SIGKILL')
  await up
  open.resolve()
  await member.until('DownloadFinished')
  expect(seeder.requested.filter((piece) => piece < 2)).toHaveLength(2 * 7)
  const told = (await member.facts()).filter(({ type }) => type === 'DownloadStarted' || type === 'ArchiveDownloaded')
  expect(told).toHaveLength(1 + 4)
})
