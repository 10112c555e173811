import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { ChunkStore } from 'webtorrent'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { createReadOnlyStore } from '../../../src/torrents/seeder/chunk-store.ts'
import { createSharedFiles, type SharedFiles } from '../../../src/torrents/seeder/shared-file.ts'
import { openTorrentFiles } from '../../../src/torrents/seeder/torrent-files.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { startPlainClient, startPlainSeeder } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'
import { valueOf } from '../../support/value-of.ts'

const INDEX_BYTES = 300

/** Versions of one generation: the shorter the earlier, and all over one `data`. */
function versionsOf(...lengths: readonly number[]): readonly TorrentFixture[] {
  const folder = createTemporaryFolder()
  return lengths.map((dataPieces) => writeTorrentFixture(folder, { seed: 1, dataPieces, indexBytes: INDEX_BYTES }))
}

async function openStore(shared: SharedFiles, { torrent, torrentFile }: TorrentFixture): Promise<ChunkStore> {
  const files = await openTorrentFiles(shared, torrent, INDEX_BYTES)
  onTestFinished(() => files.close())
  return createReadOnlyStore(valueOf(parseTorrentFile(torrentFile)), files, () => undefined)
}

test.skipIf(process.platform !== 'linux')(
  'all versions of a generation are served from one descriptor, and nothing that is served can be written',
  async () => {
    const versions = versionsOf(1, 2, 3)
    const client = await startTorrentClient()
    for (const { torrent } of versions) expect(await client.serve(torrent)).toMatchObject({ ok: true })
    const dataPath = versions[0]?.torrent.dataPath
    const indexPaths = versions.map(({ torrent }) => torrent.indexPath)
    const opened = descriptorsOf(client.pid).filter(({ path }) => path === dataPath || indexPaths.includes(path))
    expect(opened).toHaveLength(1 + versions.length)
    expect(new Set(opened.map(({ path }) => path))).toEqual(new Set([dataPath, ...indexPaths]))
    expect(opened.filter(({ isWritable }) => isWritable)).toEqual([])

    await client.drop(versions[0]?.torrent.infoHash ?? expect.fail())
    expect(descriptorsOf(client.pid).filter(({ path }) => path === dataPath)).toHaveLength(1)
    expect(descriptorsOf(client.pid).filter(({ path }) => path === indexPaths[0])).toEqual([])
  },
)

test('no store of a torrent writes to what another version serves, asked directly or by webtorrent', async () => {
  const [one, two] = versionsOf(1, 2)
  if (!one || !two) throw new Error('Expected two versions')
  const { dataPath } = two.torrent
  flipByteUnseen(dataPath, 9) // So that webtorrent finds a piece to fetch.
  const before = readFileSync(dataPath)
  const shared = createSharedFiles()
  const [ofOne, ofTwo] = [await openStore(shared, one), await openStore(shared, two)]
  for (const store of [ofOne, ofTwo]) {
    await expect(promisify(store.put.bind(store))(0, Buffer.alloc(PIECE_BYTES))).rejects.toThrow('read-only')
  }

  const seeder = await startPlainSeeder(two.torrentFile, two.bytes)
  const torrent = startPlainClient().add(two.torrentFile, { path: createTemporaryFolder(), preloadedStore: ofTwo })
  await once(torrent, 'ready')
  const failed = once(torrent, 'error')
  torrent.addPeer(seeder.address)
  expect(await failed).toMatchObject([{ message: 'Cannot write piece 0: the store is read-only' }])
  expect(seeder.requested).toContain(0)
  expect(readFileSync(dataPath).equals(before)).toBe(true)
})

interface Descriptor {
  readonly path: string
  readonly isWritable: boolean
}

/** The files that a process has open, and whether it could write to each. */
function descriptorsOf(pid: number | null): readonly Descriptor[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const [, flags] = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')) ?? []
      return { path: readlinkSync(`/proc/${pid}/fd/${fd}`), isWritable: (Number.parseInt(flags ?? '', 8) & 3) !== 0 }
    } catch {
      return [] // It was closed since it was listed.
    }
  })
}
