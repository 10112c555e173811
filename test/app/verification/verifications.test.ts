import { readFileSync, rmSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createFilesWorker } from '../../../src/app/verification/files-work.ts'
import { createRepairs } from '../../../src/app/verification/node-verifications.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { readArchives } from '../../../src/projections/archives.ts'
import {
  causeOf,
  filesOf,
  forgetMessages,
  openDamagedHistory,
  type DamagedHistory,
} from '../../support/damaged-history.ts'
import { flipByte } from '../../support/file-damage.ts'
import { metaOf } from '../../support/sample-wishes.ts'

async function archiveIds({ stores, communityId }: DamagedHistory): Promise<readonly string[]> {
  return (await readArchives(stores.db, communityId, {})).map(({ id }) => id)
}

describe('a verification that was asked for', () => {
  test('records for each version that all is well, and leaves it served', async () => {
    const history = await openDamagedHistory()
    const { communityId, infoHashes, before, paths } = history
    const worker = createFilesWorker(history.stores.messagesFile)
    const verifications = history.verifications(null, worker)
    const asked = verifications.ask(communityId, metaOf())
    expect(verifications.running(communityId)).toMatchObject({ verificationId: asked.verificationId, stage: 'WAITING' })
    const { versions } = await asked.ended
    expect(versions.map(({ infoHash, damage, code }) => ({ infoHash, damage, code }))).toEqual(
      infoHashes.toReversed().map((infoHash) => ({ infoHash, damage: null, code: null })),
    )
    expect(await history.story()).toEqual([
      { type: 'ArchivesVerified', data: { infoHash: infoHashes[1], pieces: expect.any(Number), damage: null } },
      { type: 'ArchivesVerified', data: { infoHash: infoHashes[0], pieces: expect.any(Number), damage: null } },
    ])
    expect(filesOf(paths)).toEqual(before)
    expect(verifications.running(communityId)).toBeNull()
    expect(verifications.last(communityId)?.verificationId).toBe(asked.verificationId)
  })

  test('names what is damaged in either version, and mends every part of it to the byte', async () => {
    const history = await openDamagedHistory()
    const { communityId, infoHashes, before, paths } = history
    const [first, second, late] = await archiveIds(history)
    flipByte(paths.data, 10)
    flipByte(paths.data, before.data.length - 100_000) // In the archive of what came late.
    flipByte(paths.index, 3)
    rmSync(paths.torrent)
    const { versions } = await history.verifications().ask(communityId, metaOf()).ended
    expect(versions.map(({ remaining, code }) => ({ remaining, code }))).toEqual([
      { remaining: null, code: null },
      { remaining: null, code: null },
    ])
    expect(filesOf(paths)).toMatchObject({ data: before.data, index: before.index })
    expect(second).not.toBe(late)
    const [newest, older] = [infoHashes[1], infoHashes[0]]
    const damage = { archives: [first, late], index: true, torrentFile: true }
    const mended = (infoHash: string, part: string, archiveId: string | null, source: string) => ({
      type: 'ArchiveRepaired',
      data: { infoHash, part, archiveId, source, pieces: expect.any(Number) },
    })
    expect(await history.story()).toMatchObject([
      { type: 'Unseeded', data: { infoHash: newest, reason: 'DAMAGED', code: 'PIECES_DAMAGED' } },
      { type: 'ArchivesVerified', data: { infoHash: newest, damage } },
      { type: 'Unseeded', data: { infoHash: older, reason: 'DAMAGED', code: 'PIECES_DAMAGED' } },
      { type: 'ArchivesVerified', data: { infoHash: older, damage: { archives: [first], torrentFile: false } } },
      mended(newest, 'ARCHIVE', first ?? '', 'MESSAGES'),
      mended(newest, 'ARCHIVE', late ?? '', 'MESSAGES'),
      mended(newest, 'INDEX', null, 'LOG'),
      mended(newest, 'TORRENT_FILE', null, 'LOG'),
      // Of the older one all is whole again with that: it shares the bytes.
    ])
  })

  test('says what is damaged still where neither messages nor peers have it', async () => {
    const history = await openDamagedHistory()
    const { communityId, paths } = history
    const [first] = await archiveIds(history)
    flipByte(paths.data, 10)
    forgetMessages(history)
    const { versions } = await history.verifications().ask(communityId, metaOf()).ended
    for (const { remaining } of versions) expect(remaining).toMatchObject({ archives: [first], pieceCount: 1 })
    expect(await history.story()).toMatchObject([
      { type: 'Unseeded' },
      { type: 'ArchivesVerified', data: { damage: { pieces: [{ from: 0, to: 1 }] } } },
      { type: 'Unseeded' },
      { type: 'ArchivesVerified' },
    ])
  })

  test('is joined by another, and comes behind one that nobody asked for', async () => {
    const history = await openDamagedHistory()
    const { communityId } = history
    const verifications = history.verifications()
    const own = verifications.begin(communityId, metaOf())
    const asked = verifications.ask(communityId, metaOf())
    expect(asked.verificationId).not.toBe(own.verificationId)
    expect(verifications.ask(communityId, metaOf()).verificationId).toBe(asked.verificationId)
    expect(verifications.begin(communityId, metaOf()).verificationId).toBe(asked.verificationId)
    await Promise.all([own.ended, asked.ended])
    expect(await history.story()).toMatchObject([{ type: 'ArchivesVerified' }, { type: 'ArchivesVerified' }])
  })

  test('checks the newest version of a community that was left, and of one that was purged none', async () => {
    const history = await openDamagedHistory()
    const { communityId, infoHashes, paths, before, stores } = history
    await stores.execute({ type: 'LeaveCommunity', communityId }, metaOf())
    truncateSync(paths.data, 5)
    const verifications = history.verifications()
    const { versions } = await verifications.ask(communityId, metaOf()).ended
    expect(versions).toMatchObject([{ infoHash: infoHashes[1], remaining: null }])
    expect(readFileSync(paths.data).equals(before.data)).toBe(true)
    for (const infoHash of infoHashes) {
      await stores.execute({ type: 'RecordUnseeded', communityId, infoHash, reason: 'LEFT' }, metaOf())
    }
    await stores.execute({ type: 'PurgeCommunity', communityId }, metaOf())
    expect((await verifications.ask(communityId, metaOf()).ended).versions).toEqual([])
  })
})

describe('the end of a verification', () => {
  test('comes soon once the node stops; what was not checked is not known to be whole', async () => {
    const history = await openDamagedHistory()
    const verifications = history.verifications()
    const asked = verifications.ask(history.communityId, metaOf())
    await verifications.stop()
    const { versions } = await asked.ended
    expect(versions.every(({ code }) => code === 'STOPPED')).toBe(true)
    expect(await createRepairs(verifications).repair(causeOf(history))).toMatchObject({ error: { code: 'STOPPED' } })
    expect(await history.story()).toEqual([])
  })

  test('comes before its files are purged', async () => {
    const history = await openDamagedHistory()
    const { communityId, paths } = history
    flipByte(paths.data, history.before.data.length - PIECE_BYTES)
    const verifications = history.verifications()
    const asked = verifications.ask(communityId, metaOf())
    const order: string[] = []
    void asked.ended.then(() => order.push('ended'))
    await verifications.alone(communityId, async () => void order.push('alone'))
    expect(order).toEqual(['ended', 'alone'])
    expect(verifications.last(communityId)).toBeNull()
  })

  test('comes with that of a download or an import, before the files are purged', async () => {
    const history = await openDamagedHistory()
    const { communityId, stores } = history
    const { verifications, fetchLocks } = history.nodeVerifications(null, createFilesWorker(stores.messagesFile))
    const fetching = Promise.withResolvers<void>()
    const order: string[] = []
    const held = fetchLocks.hold(communityId, async () => {
      await fetching.promise
      order.push('fetched')
    })
    const alone = verifications.alone(communityId, async () => void order.push('alone'))
    await fetchLocks.hold('0x00' as typeof communityId, async () => undefined)
    fetching.resolve()
    await Promise.all([held, alone])
    expect(order).toEqual(['fetched', 'alone'])
  })
})
