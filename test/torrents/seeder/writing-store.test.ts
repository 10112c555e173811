import { readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ChunkStore } from 'webtorrent'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { openWritableFiles, type WritableFiles } from '../../../src/torrents/seeder/writable-files.ts'
import { createWritingStore } from '../../../src/torrents/seeder/writing-store.ts'
import { badPiecesOf, BAD_PIECES, bytesOnDisk, writeDamagedTorrent } from '../../support/damaged-torrent.ts'
import type { TorrentFixture } from '../../support/torrent-fixture.ts'
import { valueOf } from '../../support/value-of.ts'

const SIZES = { dataBytes: 12 * PIECE_BYTES, indexBytes: PIECE_BYTES + 300 }

/** A store that may write pieces 2 and 13 alone, the latter being the short one at the end of `index`. */
async function openStore(
  fixture: TorrentFixture,
  onFailedRead: (error: unknown) => void = () => undefined,
): Promise<{
  readonly files: WritableFiles
  readonly store: ChunkStore
  readonly written: readonly number[]
  put(piece: number): Promise<void>
}> {
  const files = await openWritableFiles(fixture.torrent, SIZES)
  const written: number[] = []
  const store = createWritingStore(valueOf(parseTorrentFile(fixture.torrentFile)), files, new Set([2, 13]), {
    onWritten: (piece) => written.push(piece),
    onDamaged: () => undefined,
    onFailedRead,
  })
  const put = promisify(store.put.bind(store))
  return {
    written,
    files,
    store,
    put: async (piece) => put(piece, fixture.bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)),
  }
}

describe('the writing store', () => {
  test('writes the pieces that are wanted, and nothing around them', async () => {
    const fixture = writeDamagedTorrent()
    const { put, files, written } = await openStore(fixture)
    await Promise.all([put(2), put(13)])
    await files.close()
    expect(written.toSorted((a, b) => a - b)).toEqual([2, 13])
    expect(badPiecesOf(fixture)).toEqual([3, 7])
    expect(bytesOnDisk(fixture)).toHaveLength(fixture.bytes.length)
  })

  test('refuses every other piece, even with the bytes that it should have', async () => {
    const fixture = writeDamagedTorrent()
    const { put, files, written } = await openStore(fixture)
    for (const piece of [-1, 0, 3, 7, 12, 14]) await expect(put(piece)).rejects.toThrow('not one of those to fetch')
    await files.close()
    expect(written).toEqual([])
    expect(badPiecesOf(fixture)).toEqual(BAD_PIECES)
  })

  test('refuses other bytes, and more of them', async () => {
    const fixture = writeDamagedTorrent()
    const { store, files } = await openStore(fixture)
    const put = promisify(store.put.bind(store))
    const long = fixture.bytes.subarray(2 * PIECE_BYTES, 4 * PIECE_BYTES)
    for (const bytes of [Buffer.alloc(PIECE_BYTES), Buffer.alloc(0), long]) {
      await expect(put(2, bytes)).rejects.toThrow('another hash')
    }
    await files.close()
    expect(badPiecesOf(fixture)).toEqual(BAD_PIECES)
  })

  test('gives no bad piece, not even one that is not to be fetched yet, and goes on', async () => {
    const fixture = writeDamagedTorrent()
    const failed: unknown[] = []
    const { store, put, files } = await openStore(fixture, (error) => failed.push(error))
    const refused = new Promise((resolve) => store.get(7, null, resolve))
    expect(await refused).toMatchObject({ code: 'PIECES_DAMAGED' })
    expect(failed).toEqual([])
    await put(2)
    await files.close()
  })

  test('writes nothing after it was closed', async () => {
    const fixture = writeDamagedTorrent()
    const { store, put } = await openStore(fixture)
    const [written] = await Promise.all([put(2), promisify(store.close.bind(store))()])
    expect(written).toBeUndefined() // What was begun before is ended.
    await expect(put(13)).rejects.toThrow('closed')
    expect(badPiecesOf(fixture)).toEqual([3, 7, 13])
  })
})

describe('files open for writing in place', () => {
  test('are not cut, and created where they are missing', async () => {
    const fixture = writeDamagedTorrent()
    rmSync(fixture.torrent.indexPath)
    const data = readFileSync(fixture.torrent.dataPath)
    await (await openWritableFiles(fixture.torrent, SIZES)).close()
    expect(readFileSync(fixture.torrent.dataPath).equals(data)).toBe(true)
    expect(readFileSync(fixture.torrent.indexPath)).toHaveLength(0)
  })

  test.each([
    ['across the end of data', ({ torrent }: TorrentFixture) => torrent.dataBytes - 1],
    ['beyond the end of index', ({ bytes }: TorrentFixture) => bytes.length - 1],
    ['far beyond', ({ bytes }: TorrentFixture) => bytes.length + PIECE_BYTES],
  ])('refuse to be written %s', async (_where, offsetOf) => {
    const fixture = writeDamagedTorrent([])
    const files = await openWritableFiles(fixture.torrent, SIZES)
    await expect(files.write(offsetOf(fixture), Buffer.alloc(2))).rejects.toThrow(RangeError)
    await files.close()
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
  })
})
