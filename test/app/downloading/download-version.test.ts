import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { DEFAULT_SELECTION, type Selection } from '../../../src/domain/selection.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { at } from '../../support/community-facts.ts'
import { eventually } from '../../support/eventually.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { downloadId } from '../../support/member-facts.ts'
import { openMember, type OpenMember } from '../../support/open-member.ts'
import { heldOf, offeredOf } from '../../support/parts-of-version.ts'
import { piecesOf } from '../../support/plain-seeder.ts'
import { download } from '../../support/plain-leecher.ts'
import { seedVersion } from '../../support/seeded-version.ts'
import { portOf } from '../../support/torrent-client.ts'
import { startTracker } from '../../support/tracker-host.ts'
import { foreignCommunity, publishWeeks } from '../../support/weekly-history.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

const communityId = foreignCommunity(1)

function types(facts: Awaited<ReturnType<OpenMember['facts']>>): readonly string[] {
  return facts.map(({ type }) => type)
}

async function request(member: OpenMember, n: number, selection: Selection): Promise<void> {
  const wish = { downloadId: downloadId(n), selection, occasion: 'REQUEST', protocolEnabled: true } as const
  await member.wish({ type: 'StartDownload', communityId, ...wish })
}

describe('one more week', () => {
  test('costs what is new of it: that week and the index', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const old = publishWeeks(communityId, 'abc')
    const first = await seedVersion(old, tracker)
    await member.submit(first.link)
    await member.until('SeedingStarted')
    await member.until('ImportFinished')
    expect(piecesOf(first.seeder)).toEqual([0, 1, 2, 3])
    expect(first.seeder.requested).toHaveLength(3 * 7 + 1)

    const grown = publishWeeks(communityId, 'abcd')
    const second = await seedVersion(grown, tracker)
    await member.submit(second.link)
    await member.until('SeedingStarted', 2)
    await member.until('ImportFinished', 2)
    expect(piecesOf(second.seeder)).toEqual([3, 4])
    expect(second.seeder.requested).toHaveLength(7 + 1)
    expect(await member.until('DownloadFinished', 2)).toMatchObject({
      data: { generation: 1, archives: 4, heldArchives: 4 },
    })
    expect(await offeredOf(client, grown)).toEqual([0, 1, 2, 3, 4])
    // The one before is served until its grace is over.
    expect(await offeredOf(client, old)).toEqual([0, 1, 2, 3])
    expect(types(await member.facts()).filter((type) => type === 'ArchiveDownloaded')).toHaveLength(4)
    expect(types(await member.facts()).filter((type) => type === 'ArchiveImported')).toHaveLength(4)
    expect(types(await member.facts())).not.toContain('MagnetlinkDispatched')
    expect(member.faults).toEqual([])
  })

  test('that disagrees with an older one goes to a new file, with what they share', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const old = publishWeeks(communityId, 'abc')
    const first = await seedVersion(old, tracker)
    await member.submit(first.link)
    await member.until('ImportFinished')
    const other = publishWeeks(communityId, 'aXcd')
    const second = await seedVersion(other, tracker)
    await member.submit(second.link)
    await member.until('SeedingStarted', 2)
    await member.until('ImportFinished', 2)
    // Weeks begin with their range, so that the same letter in the same week is the same piece.
    expect(piecesOf(second.seeder)).toEqual([1, 3, 4])
    expect(await member.until('DownloadFinished', 2)).toMatchObject({ data: { generation: 2, heldArchives: 4 } })
    const { archivesDir } = member.stores
    expect(readFileSync(dataPathOf(archivesDir, communityId, 1)).equals(Buffer.from(old.data))).toBe(true)
    expect(readFileSync(dataPathOf(archivesDir, communityId, 2)).equals(Buffer.from(other.data))).toBe(true)
    expect(await offeredOf(client, old)).toEqual([0, 1, 2, 3])
    expect(await offeredOf(client, other)).toEqual([0, 1, 2, 3, 4])
    // What is not as it was is taken over anew.
    expect(types(await member.facts()).filter((type) => type === 'ArchiveImported')).toHaveLength(7)

    // Back to what the first file holds, while it is served: nothing older is written to, nor served again from there.
    const back = await seedVersion(old, tracker)
    await member.submit(back.link)
    expect(await member.until('DownloadFinished', 3)).toMatchObject({ data: { generation: 3, heldArchives: 3 } })
    expect(piecesOf(back.seeder)).toEqual([])
    // As nothing needs that file any more, it is removed; that of the retiring one when its grace is over.
    await eventually(() => expect(existsSync(dataPathOf(archivesDir, communityId, 1))).toBe(false))
    await eventually(async () => expect(await offeredOf(client, old)).toEqual([0, 1, 2, 3]))
    expect(readFileSync(dataPathOf(archivesDir, communityId, 2)).equals(Buffer.from(other.data))).toBe(true)
    const torrentFile = Buffer.concat([Buffer.from('d4:info'), old.infoBytes, Buffer.from('e')])
    const { bytes } = await download(torrentFile, portOf(client))
    expect(bytes.equals(Buffer.concat([old.data, old.index]))).toBe(true)
    await member.wish({ type: 'ChangeSettings', communityId, changes: { graceSeconds: 0 } })
    expect(await member.until('Unseeded')).toMatchObject({ data: { infoHash: other.infoHash, reason: 'REPLACED' } })
    await eventually(() => expect(existsSync(dataPathOf(archivesDir, communityId, 2))).toBe(false))
    expect(readFileSync(dataPathOf(archivesDir, communityId, 3)).equals(Buffer.from(old.data))).toBe(true)
  })
})

describe('a part of a torrent', () => {
  test('is extended while it is given to others, and nothing is fetched twice', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId, { archiving: false })
    await member.wish({ type: 'ChangeSettings', communityId, changes: { selection: { mode: 'LATEST' } } })
    await member.wish({ type: 'EnableArchiving', communityId })
    const version = publishWeeks(communityId, 'abcdef')
    const mayGive: Promise<void>[] = []
    const { seeder, link } = await seedVersion(version, tracker, { beforeBlock: async () => mayGive[0] })
    await member.submit(link)
    await member.until('SeedingStarted')
    expect(await heldOf(member.stores.archivesDir, version)).toEqual([5])
    expect(await offeredOf(client, version)).toEqual([5, 6])

    const { promise, resolve } = Promise.withResolvers<void>()
    mayGive.push(promise)
    await request(member, 2, { mode: 'RANGE', from: at(1), to: at(3) })
    await eventually(() => expect(seeder.requested.some((piece) => piece === 1 || piece === 2)).toBe(true))
    // While it is extended.
    expect(await offeredOf(client, version)).toEqual([5, 6])
    expect([...client.active()]).toEqual([version.infoHash])
    resolve()
    await member.until('DownloadFinished', 2)
    await eventually(async () => expect(await offeredOf(client, version)).toEqual([1, 2, 5, 6]))

    await request(member, 3, DEFAULT_SELECTION)
    expect(await member.until('DownloadFinished', 3)).toMatchObject({ data: { archives: 6, heldArchives: 6 } })
    await eventually(async () => expect(await offeredOf(client, version)).toEqual([0, 1, 2, 3, 4, 5, 6]))
    expect(seeder.requested.filter((piece) => piece < 6)).toHaveLength(6 * 7)
    // It was the current one all the time.
    expect(types(await member.facts()).filter((type) => /^(Seeding|Unseeded)/.test(type))).toEqual(['SeedingStarted'])
  })
})

describe('what was fetched when a download ended', () => {
  test('is not fetched again, whether it was cancelled and asked for, or gave way to a newer link', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const version = publishWeeks(communityId, 'abcdef')
    // From the third piece on nothing is given, so that pieces come in order of their requests.
    const open = Promise.withResolvers<void>()
    const { seeder, link } = await seedVersion(version, tracker, {
      beforeBlock: async (piece) => (piece > 1 && piece < 6 ? open.promise : undefined),
    })
    await member.submit(link)
    await member.until('ArchiveDownloaded', 2)
    const before = seeder.requested.filter((piece) => piece < 2).length
    expect(member.members.reader.downloadProgress(communityId)).toMatchObject({
      archives: 2,
      totalArchives: 6,
      peers: 1,
    })
    await member.wish({ type: 'CancelDownload', communityId })
    await seeder.left
    expect(await heldOf(member.stores.archivesDir, version)).toEqual([0, 1])
    // What is noted as held is believed without being hashed.
    flipByteUnseen(dataPathOf(member.stores.archivesDir, communityId, 1), 0)
    await request(member, 2, DEFAULT_SELECTION)
    await eventually(() => expect(seeder.connections()).toBe(2))

    const grown = publishWeeks(communityId, 'abcdefg')
    const newer = await seedVersion(grown, tracker)
    await member.submit(newer.link)
    await member.until('DownloadFinished')
    expect(seeder.requested.filter((piece) => piece < 2)).toHaveLength(before)
    expect(piecesOf(newer.seeder)).toEqual([2, 3, 4, 5, 6, 7])
    const ends = (await member.facts()).flatMap((fact) => (fact.type === 'DownloadCancelled' ? [fact.data.reason] : []))
    expect(ends).toEqual(['REQUESTED', 'SUPERSEDED'])
    expect(member.faults).toEqual([])
  })

  test('is kept by leaving, and used by the next membership', async () => {
    const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
    await member.join(communityId)
    const version = publishWeeks(communityId, 'abcd')
    const open = Promise.withResolvers<void>()
    const { seeder, link } = await seedVersion(version, tracker, {
      beforeBlock: async (piece) => (piece > 0 && piece < 4 ? open.promise : undefined),
    })
    await member.submit(link)
    await member.until('ArchiveDownloaded')
    await member.wish({ type: 'LeaveCommunity', communityId })
    await seeder.left
    open.resolve()
    await member.join(communityId)
    await member.until('DownloadFinished')
    expect(seeder.requested.filter((piece) => piece === 0)).toHaveLength(7)
    expect((await member.facts()).filter(({ type }) => type === 'DownloadFailed')).toEqual([])
  })
})
