import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Stores } from '../../../src/app/stores.ts'
import {
  createNodeVerifications,
  createRepairs,
  type NodeVerifications,
} from '../../../src/app/verification/node-verifications.ts'
import { lacksRecordedPieces } from '../../../src/app/verification/missing-pieces.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { AnnounceUrl } from '../../../src/domain/announce-url.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { readDamaged } from '../../../src/projections/read-damaged.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { announcePeer } from '../../support/announce-peer.ts'
import { openRunStores } from '../../support/begun-run.ts'
import { createWorkerInThread } from '../../support/damaged-history.ts'
import {
  addCommunity,
  fetchHistory,
  publishHistory,
  type FetchedPaths,
  type PublishedHistory,
} from '../../support/fetched-history.ts'
import { flipByte } from '../../support/file-damage.ts'
import { downloadId } from '../../support/member-facts.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { piecesOf, startPlainSeeder, type PlainSeeder } from '../../support/plain-seeder.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startTracker } from '../../support/tracker-host.ts'
import { valueOf } from '../../support/value-of.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

/** What a control node published, the same for all tests. */
let published: PublishedHistory

interface FetchedNode extends NodeVerifications {
  readonly stores: Stores
  readonly paths: FetchedPaths
  /** Has peers, from now on. */
  readonly findSeeder: () => Promise<PlainSeeder>
  /** What was recorded since it was fetched. */
  readonly story: () => Promise<readonly object[]>
}

/** A member that fetched some of the history, or all of it, and serves it as far as the log knows. */
async function openFetchedNode(wanted?: number): Promise<FetchedNode> {
  published ??= await publishHistory()
  const { communityId, infoHash, archives, files } = published
  const { stores } = await openRunStores(createTemporaryFolder())
  const { execute, log } = stores
  await addCommunity(stores, communityId, 'MEMBER')
  const tracker = await startTracker({ isKnown: () => true })
  const trackers = [`http://127.0.0.1:${tracker.port}/announce` as AnnounceUrl]
  valueOf(await execute({ type: 'ChangeSettings', communityId, changes: { trackers } }, metaOf()))
  const paths = await fetchHistory(stores, published, { wanted: archives.slice(0, wanted) })
  valueOf(await execute({ type: 'RecordSeedingStarted', communityId, infoHash }, metaOf()))
  const head = log.head()
  return {
    ...createNodeVerifications(partsOf({ stores })),
    stores,
    paths,
    async findSeeder() {
      const seeder = await startPlainSeeder(files.torrent, Buffer.concat([files.data, files.index]))
      await announcePeer(tracker, infoHash, seeder.address)
      return seeder
    },
    story: async () =>
      (await log.read({ after: head, limit: 1000 })).map(({ event: { type, data } }) => ({ type, data })),
  }
}

/** Damages the n-th piece of data. */
function damage({ paths }: FetchedNode, piece: number): void {
  flipByte(paths.data, piece * PIECE_BYTES + 10)
}

function filesOf({ paths }: FetchedNode): Record<keyof FetchedPaths, Buffer> {
  const { data, held, index, torrent } = paths
  return {
    data: readFileSync(data),
    held: readFileSync(held),
    index: readFileSync(index),
    torrent: readFileSync(torrent),
  }
}

describe('a verification of what was fetched', () => {
  test('records that all is well, and expects nothing that was not fetched', async () => {
    const node = await openFetchedNode(1)
    const { infoHash } = published
    const ended = await node.verifications.ask(published.communityId, metaOf()).ended
    expect(ended.versions).toMatchObject([{ infoHash, damage: null, remaining: null, code: null }])
    expect(await node.story()).toEqual([{ type: 'ArchivesVerified', data: { infoHash, pieces: 7, damage: null } }])
  })

  test('strikes what is damaged, and fetches just that again from peers', async () => {
    const node = await openFetchedNode()
    const before = filesOf(node)
    damage(node, 3)
    const seeder = await node.findSeeder()
    const ended = await node.verifications.ask(published.communityId, metaOf()).ended
    const archiveId = published.archives[1]?.id
    const mended = [{ part: 'ARCHIVE', archiveId, pieces: 1, source: 'PEERS' }]
    expect(ended.versions).toMatchObject([{ remaining: null, code: null, mended }])
    expect(piecesOf(seeder)).toEqual([3])
    expect(filesOf(node)).toEqual(before)
    expect(await node.story()).toMatchObject([
      { type: 'Unseeded', data: { reason: 'DAMAGED', code: 'PIECES_DAMAGED' } },
      { type: 'ArchivesVerified', data: { damage: { pieces: [{ from: 3, to: 4 }], archives: [archiveId] } } },
      { type: 'ArchiveRepaired', data: mended[0] },
    ])
  })

  test('fetches an index and a torrent file again that are gone', async () => {
    const node = await openFetchedNode()
    const before = filesOf(node)
    rmSync(dirname(node.paths.torrent), { recursive: true })
    await node.findSeeder()
    const ended = await node.verifications.ask(published.communityId, metaOf()).ended
    expect(ended.versions).toMatchObject([{ remaining: null, code: null }])
    const { data, held, index } = filesOf(node)
    expect({ data, held, index }).toEqual({ data: before.data, held: before.held, index: before.index })
    expect(ended.versions[0]?.mended).toEqual([
      { part: 'INDEX', archiveId: null, pieces: 1, source: 'PEERS' },
      { part: 'TORRENT_FILE', archiveId: null, pieces: 0, source: 'PEERS' },
    ])
  })

  test('that finds no peers leaves the rest to be served, and to be mended once there are any', async () => {
    const node = await openFetchedNode()
    const { communityId, infoHash } = published
    const { db, execute, archivesDir } = node.stores
    damage(node, 0)
    const alone = createNodeVerifications({ ...partsOf(node), client: null }).verifications
    const first = await alone.ask(communityId, metaOf()).ended
    expect(first.versions).toMatchObject([{ remaining: { pieceCount: 1 }, mended: [], code: null }])
    expect(readFileSync(node.paths.held).subarray(0, 20)).toEqual(Buffer.alloc(20))
    // Served without it, it is wanted whole still.
    valueOf(await execute({ type: 'RecordSeedingStarted', communityId, infoHash }, metaOf()))
    const [damaged] = await readDamaged(db)
    if (damaged === undefined) throw new Error('Nothing is known to be damaged')
    expect(await lacksRecordedPieces(db, archivesDir, { communityId, infoHash, generation: 1 })).toBe(true)
    await node.findSeeder()
    expect(await createRepairs(node.verifications).repair(damaged)).toEqual({ ok: true, value: 'MENDED' })
    expect(await readDamaged(db)).toEqual([])
    expect(await lacksRecordedPieces(db, archivesDir, { communityId, infoHash, generation: 1 })).toBe(false)
    const types = (await node.story()).map((fact) => (fact as { type: string }).type)
    expect(types.filter((type) => type === 'Unseeded')).toHaveLength(1)
    expect(types.at(-1)).toBe('ArchiveRepaired')
  })

  test('that finds whole what was damaged records that too, though nobody asked for it', async () => {
    const node = await openFetchedNode()
    const { communityId, infoHash } = published
    const before = filesOf(node)
    damage(node, 0)
    await createNodeVerifications({ ...partsOf(node), client: null }).verifications.ask(communityId, metaOf()).ended
    writeFileSync(node.paths.data, before.data)
    valueOf(await node.stores.execute({ type: 'RecordSeedingStarted', communityId, infoHash }, metaOf()))
    const [damaged] = await readDamaged(node.stores.db)
    if (damaged === undefined) throw new Error('Nothing is known to be damaged')
    expect(await createRepairs(node.verifications).repair(damaged)).toEqual({ ok: true, value: 'WHOLE' })
    expect(await readDamaged(node.stores.db)).toEqual([])
    expect(filesOf(node)).toEqual(before)
  })

  test('leaves the files to a download that goes on, and tells what it found', async () => {
    const node = await openFetchedNode(2)
    const { communityId } = published
    damage(node, 0)
    const wish = { downloadId: downloadId(2), selection: null, occasion: 'REQUEST', protocolEnabled: true } as const
    valueOf(await node.stores.execute({ type: 'StartDownload', communityId, ...wish }, metaOf()))
    await node.fetchLocks.hold(communityId, async () => {
      const ended = await node.verifications.ask(communityId, metaOf()).ended
      expect(ended.versions).toMatchObject([{ remaining: { pieceCount: 1 }, mended: [] }])
    })
    expect((await node.story()).at(-1)).toMatchObject({ type: 'ArchivesVerified', data: { damage: { pieceCount: 1 } } })
  })
})

function partsOf({ stores }: Pick<FetchedNode, 'stores'>): Parameters<typeof createNodeVerifications>[0] {
  return {
    settings: { publicUrl: null, trackers: [] },
    stores,
    files: createWorkerInThread(stores.messagesFile),
    client,
    now: () => Date.now() as UnixMillis,
    logFailure: () => undefined,
  }
}
