import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import type { AnnounceUrl } from '../../src/domain/announce-url.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { openReader } from '../../src/events/database.ts'
import { readArchives } from '../../src/projections/archives.ts'
import { readDamaged } from '../../src/projections/read-damaged.ts'
import type { ReadModels } from '../../src/projections/read-models.ts'
import { readCommunitySeeding } from '../../src/projections/seeding.ts'
import { createApiClient } from '../support/api-client.ts'
import { announcePeer } from '../support/announce-peer.ts'
import { openRunStores } from '../support/begun-run.ts'
import { eventually } from '../support/eventually.ts'
import {
  addCommunity,
  fetchHistory,
  publishHistory,
  type FetchedPaths,
  type PublishedHistory,
} from '../support/fetched-history.ts'
import { flipByte } from '../support/file-damage.ts'
import { LOOPBACK } from '../support/node-process.ts'
import { startPlainSeeder } from '../support/plain-seeder.ts'
import { metaOf } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { startTracker } from '../support/tracker-host.ts'
import { valueOf } from '../support/value-of.ts'

/** What happened to the files of a history each while the node was down. */
const DAMAGES: Readonly<Record<string, (paths: FetchedPaths) => void>> = {
  'a piece is damaged': ({ data }) => flipByte(data, 3 * PIECE_BYTES),
  'a piece was struck before the process was killed': ({ data, held }) => {
    const [bytes, notes] = [readFileSync(data), readFileSync(held)]
    writeFileSync(data, bytes.fill(0, 3 * PIECE_BYTES, 4 * PIECE_BYTES))
    writeFileSync(held, notes.fill(0, 3 * 20, 4 * 20))
  },
  'the index is gone': ({ index }) => rmSync(index),
}

interface Damaged {
  readonly name: string
  readonly published: PublishedHistory
  readonly paths: FetchedPaths
  /** What becomes of its archives. */
  readonly state: 'IMPORTED' | 'WAITING'
}

/** The data directory of a member that fetched a history for each damage, which peers have. */
async function createDamagedMember(dataDir: string): Promise<readonly Damaged[]> {
  const tracker = await startTracker({ isKnown: () => true })
  const trackers = [`http://127.0.0.1:${tracker.port}/announce` as AnnounceUrl]
  const { stores, close } = await openRunStores(dataDir)
  const damaged: Damaged[] = []
  for (const [name, damage] of Object.entries(DAMAGES)) {
    const published = await publishHistory()
    const { communityId, infoHash, files } = published
    await addCommunity(stores, communityId, 'MEMBER')
    // Where nothing is taken over, whoever serves has to find what is missing.
    const imports = damaged.length === 1 ? 'ON_REQUEST' : 'AUTOMATIC'
    valueOf(await stores.execute({ type: 'ChangeSettings', communityId, changes: { trackers, imports } }, metaOf()))
    const paths = await fetchHistory(stores, published, { download: damaged.length + 1 })
    damage(paths)
    const { address } = await startPlainSeeder(files.torrent, Buffer.concat([files.data, files.index]))
    await announcePeer(tracker, infoHash, address)
    damaged.push({ name, published, paths, state: imports === 'AUTOMATIC' ? 'IMPORTED' : 'WAITING' })
  }
  await close()
  return damaged
}

test('what a member fetched and is damaged by now is fetched again, served, and taken over whole', async () => {
  const dataDir = createTemporaryFolder()
  const damaged = await createDamagedMember(dataDir)
  const environment = {
    ...LOOPBACK,
    SEEDBANK_DATA_DIR: dataDir,
    SEEDBANK_PRIVATE_ADDRESSES: 'allow',
    SEEDBANK_LOG_LEVEL: 'silent',
  }
  const app = valueOf(await startApp(valueOf(parseSettings([], environment))))
  onTestFinished(async () => app.stop())
  const db = openReader<ReadModels>(join(dataDir, 'seedbank.db'))
  onTestFinished(async () => db.destroy())
  await eventually(async () => {
    for (const { name, published, paths, state } of damaged) {
      const { communityId, infoHash, files } = published
      const archives = await readArchives(db, communityId, {})
      const torrents = await readCommunitySeeding(db, communityId)
      expect({
        name,
        archives: archives.map(({ importState }) => importState),
        torrents: torrents.map((torrent) => [torrent.infoHash, torrent.role, torrent.state]),
        isWhole: readFileSync(paths.data).equals(files.data) && readFileSync(paths.index).equals(files.index),
      }).toEqual({
        name,
        archives: [state, state, state],
        torrents: [[infoHash, 'CURRENT', 'SERVED']],
        isWhole: true,
      })
    }
    expect(await readDamaged(db)).toEqual([])
  })
  const [served, waiting] = damaged
  if (served === undefined || waiting === undefined) throw new Error('Nothing was damaged')
  const api = createApiClient(app.url)
  onTestFinished(async () => api.close())

  // What is damaged while it is served, and found so when it is taken over.
  flipByte(waiting.paths.data, 0)
  await api.request(IMPORT, { communityId: waiting.published.communityId })
  await eventually(async () => {
    const archives = await readArchives(db, waiting.published.communityId, {})
    expect(archives.map(({ importState }) => importState)).toEqual(['IMPORTED', 'IMPORTED', 'IMPORTED'])
    expect(readFileSync(waiting.paths.data).equals(waiting.published.files.data)).toBe(true)
  })

  const { communityId } = served.published
  await api.request(LEAVE, { communityId })
  await eventually(async () => {
    const { purgeCommunity } = await api.request<{ purgeCommunity: object }>(PURGE, { communityId })
    expect(purgeCommunity).toMatchObject({ __typename: 'PurgeCommunityAccepted', remaining: [] })
  })
  expect(existsSync(dirname(served.paths.data))).toBe(false)
  expect(importedArchives(dataDir, served)).toBe(0)
  expect(importedArchives(dataDir, waiting)).toBe(3)
})

const IMPORT = `mutation ($communityId: CommunityId!) {
  changeSettings(communityId: $communityId, settings: { imports: AUTOMATIC }) { __typename }
}`
const LEAVE = 'mutation ($communityId: CommunityId!) { leaveCommunity(communityId: $communityId) { __typename } }'
const PURGE = `mutation ($communityId: CommunityId!) {
  purgeCommunity(communityId: $communityId) { __typename ... on PurgeCommunityAccepted { remaining { name } } }
}`

/** How many archives of a community the messages' own notes call imported. */
function importedArchives(dataDir: string, { published }: Damaged): number {
  const messages = new Database(join(dataDir, 'messages.db'), { readonly: true })
  try {
    const query =
      'select count(*) from imported_archives where community = (select number from communities where id = ?)'
    return Number(messages.prepare(query).pluck().get(published.communityId))
  } finally {
    messages.close()
  }
}
