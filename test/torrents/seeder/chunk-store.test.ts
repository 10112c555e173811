import { readdirSync, readlinkSync, truncateSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ChunkStore } from 'webtorrent'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { createReadOnlyStore } from '../../../src/torrents/seeder/chunk-store.ts'
import { createSharedFiles } from '../../../src/torrents/seeder/shared-file.ts'
import { openTorrentFiles } from '../../../src/torrents/seeder/torrent-files.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'
import { valueOf } from '../../support/value-of.ts'

async function openStore(
  fixture: TorrentFixture,
  onFailedRead: (error: unknown) => void = () => undefined,
): Promise<ChunkStore> {
  const files = await openTorrentFiles(
    createSharedFiles(),
    fixture.torrent,
    fixture.bytes.length - fixture.torrent.dataBytes,
  )
  onTestFinished(() => files.close())
  return createReadOnlyStore(valueOf(parseTorrentFile(fixture.torrentFile)), files, onFailedRead)
}

function read(store: ChunkStore, piece: number, block?: object): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) =>
    store.get(piece, block ?? null, (error, bytes) => (error === null ? resolve(bytes) : reject(error))),
  )
}

function fixtureOf(indexBytes: number): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes })
}

describe('the read-only store', () => {
  test('gives every piece and every block of data and index', async () => {
    const fixture = fixtureOf(PIECE_BYTES + 100)
    const store = await openStore(fixture)
    for (let piece = 0; piece < fixture.pieces; piece += 1) {
      const expected = fixture.bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
      expect(await read(store, piece)).toEqual(Buffer.from(expected))
      expect(await read(store, piece, { offset: 10, length: 20 })).toEqual(Buffer.from(expected.subarray(10, 30)))
    }
    await promisify(store.close.bind(store))()
  })

  test('gives nothing beyond the end of a piece', async () => {
    const store = await openStore(fixtureOf(100))
    await expect(read(store, 2, { offset: 90, length: 20 })).rejects.toThrow('piece 2 ends at')
  })

  test('refuses to be written', async () => {
    const fixture = fixtureOf(100)
    const store = await openStore(fixture)
    await expect(promisify(store.put.bind(store))(0, Buffer.alloc(PIECE_BYTES))).rejects.toThrow('read-only')
    expect(await read(store, 0)).toEqual(Buffer.from(fixture.bytes.subarray(0, PIECE_BYTES)))
  })

  test('gives no block of a piece that changed, and tells of it; the others it gives', async () => {
    const fixture = fixtureOf(PIECE_BYTES + 100)
    const failed: unknown[] = []
    const store = await openStore(fixture, (error) => failed.push(error))
    flipByteUnseen(fixture.torrent.dataPath, 2 * PIECE_BYTES - 1)
    flipByteUnseen(fixture.torrent.indexPath, PIECE_BYTES)
    for (const piece of [1, 3]) {
      const firstBytes = read(store, piece, { offset: 0, length: 10 })
      await expect(firstBytes).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
    }
    expect(failed).toHaveLength(2)
    for (const piece of [0, 2]) expect(await read(store, piece)).toHaveLength(PIECE_BYTES)
  })

  test('tells of a read that fails', async () => {
    const fixture = fixtureOf(100)
    const failed: unknown[] = []
    const store = await openStore(fixture, (error) => failed.push(error))
    truncateSync(fixture.torrent.dataPath, 10)
    await expect(read(store, 1)).rejects.toMatchObject({ code: 'FILES_TOO_SHORT' })
    expect(failed).toHaveLength(1)
  })
})

test.skipIf(process.platform !== 'linux')('all versions of a generation share one descriptor of data', async () => {
  const { torrent } = fixtureOf(100)
  const shared = createSharedFiles()
  const versions = await Promise.all([1, 2, 3].map(() => openTorrentFiles(shared, torrent, 100)))
  expect([descriptorsOf(torrent.dataPath), descriptorsOf(torrent.indexPath)]).toEqual([1, 1])
  await Promise.all(versions.slice(1).map((version) => version.close()))
  expect(descriptorsOf(torrent.dataPath)).toBe(1)
  await versions[0]?.close()
  await versions[0]?.close()
  expect(descriptorsOf(torrent.dataPath)).toBe(0)
})

/** How often this process has a file open. */
function descriptorsOf(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false // The descriptor of the listing itself is gone by now.
    }
  }).length
}
