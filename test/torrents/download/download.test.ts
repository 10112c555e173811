import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { openHeldFile } from '../../../src/formats/held-pieces.ts'
import type { Download, TorrentToDownload } from '../../../src/torrents/client/download.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { noteStampPathOf } from '../../../src/torrents/seeder/note-stamp.ts'
import { createFetchedFiles, hashOf, heldPiecesOf, isOnDisk, magnetOf } from '../../support/fetched-files.ts'
import { startHaltingLeecher } from '../../support/halting-leecher.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { piecesOf, startPlainSeeder } from '../../support/plain-seeder.ts'
import { completeBitfield, readBitfield } from '../../support/served-pieces.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, portOf } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const OK = { ok: true, value: undefined }
const DATA_PIECES = 12
const INDEX = { from: DATA_PIECES, to: DATA_PIECES + 2 }

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})

/** Opens a download that is closed with the test. */
function open(wanted: TorrentToDownload): Download {
  const download = client.openDownload(wanted)
  onTestFinished(async () => download.close())
  return download
}

function fixture(seed = 1, dataPieces = DATA_PIECES): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed, dataPieces, indexBytes: PIECE_BYTES + 300 })
}

describe('a download', () => {
  test('goes from the magnet link to the last piece on one connection, and takes only what is asked for', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const download = open(magnetOf(torrent, seeder.address))
    const metadata = await download.metadata()
    expect(metadata.ok && Buffer.from(metadata.value)).toEqual(Buffer.from(torrent.metadata))
    expect(existsSync(files.dataPath)).toBe(false)

    expect(await download.fetch({ files, pieces: [INDEX] })).toEqual(OK)
    expect(piecesOf(seeder)).toEqual([12, 13])
    expect(readFileSync(files.indexPath)).toEqual(torrent.bytes.subarray(DATA_PIECES * PIECE_BYTES))
    const fetched: number[] = []
    const durable: number[] = []
    const some = [
      { from: 2, to: 4 },
      { from: 9, to: 10 },
    ]
    const options = {
      onPiece: (piece: number) => fetched.push(piece),
      onDurable: (pieces: readonly number[]) => durable.push(...pieces),
    }
    expect(await download.fetch({ files, pieces: some }, options)).toEqual(OK)
    for (const told of [fetched, durable]) expect(told.toSorted((a, b) => a - b)).toEqual([2, 3, 9])
    expect(piecesOf(seeder)).toEqual([2, 3, 9, 12, 13])
    expect(await heldPiecesOf(files, torrent)).toEqual([2, 3, 9])
    expect([2, 3, 9].every((piece) => isOnDisk(files, torrent, piece))).toBe(true)
    expect(await readBitfield(portOf(client), torrent.torrent.infoHash)).toEqual(Buffer.from([0x30, 0x4c]))
    expect([seeder.connections(), client.active().size]).toEqual([1, 0])
    await download.close()
    expect(await readBitfield(portOf(client), torrent.torrent.infoHash)).toBeNull()
  })

  test('believes what is held, asks nobody for it, and gives it', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    // Of another hash, which nobody looks at.
    writeFileSync(files.dataPath, Buffer.alloc(3 * PIECE_BYTES, 7))
    const held = await openHeldFile(files.heldPath)
    await held.write(new Map([0, 2].map((piece) => [piece, hashOf(torrent, piece)])))
    await held.close()
    writeFileSync(files.indexPath, torrent.bytes.subarray(DATA_PIECES * PIECE_BYTES))
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const known = { ...magnetOf(torrent, seeder.address), torrentPath: torrent.torrent.torrentPath }
    const download = open(known)
    expect(await download.fetch({ files, pieces: [{ from: 0, to: 3 }, INDEX] })).toEqual(OK)
    expect(piecesOf(seeder)).toEqual([1])
    expect(await readBitfield(portOf(client), torrent.torrent.infoHash)).toEqual(Buffer.from([0xe0, 0x0c]))
    await download.close()
    expect(await heldPiecesOf(files, torrent)).toEqual([0, 1, 2])
  })

  test('takes the stamp of what is held away where a peer asks for a piece of it that is damaged', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const download = open(magnetOf(torrent, seeder.address))
    expect(await download.fetch({ files, pieces: [{ from: 0, to: 1 }] })).toEqual(OK)
    const stampPath = noteStampPathOf(files.heldPath)
    expect(existsSync(stampPath)).toBe(true)
    writeFileSync(files.dataPath, Buffer.alloc(PIECE_BYTES, 7))
    const leecher = await startHaltingLeecher(torrent.torrentFile, portOf(client))
    void leecher.fetch(0, 0)
    await expect.poll(() => existsSync(stampPath)).toBe(false)
    await download.close()
  })

  test('takes no piece from another version that is held', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const held = await openHeldFile(files.heldPath)
    const other = fixture(2)
    await held.write(new Map([[1, hashOf(other, 1)]]))
    await held.close()
    writeFileSync(files.dataPath, other.bytes.subarray(0, 2 * PIECE_BYTES))
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const download = open(magnetOf(torrent, seeder.address))
    const refused = { ok: false, error: { code: 'INTERNAL' } }
    expect(await download.fetch({ files, pieces: [{ from: 0, to: 2 }] })).toEqual(refused)
    expect(await download.fetch({ files, pieces: [{ from: 0, to: 1 }] })).toEqual(OK)
    await download.close()
    expect(piecesOf(seeder)).toEqual([0])
  })

  test('writes behind and into the holes of an older version that is served meanwhile', async () => {
    const folder = createTemporaryFolder()
    const grown = writeTorrentFixture(folder, { seed: 1, dataPieces: 6, indexBytes: 300 })
    const bytes = readFileSync(grown.torrent.dataPath)
    const old = writeTorrentFixture(folder, { seed: 1, dataPieces: 4, indexBytes: 300 })
    writeFileSync(old.torrent.dataPath, bytes.subarray(0, 2 * PIECE_BYTES))
    const files = { ...createFetchedFiles(), dataPath: old.torrent.dataPath }
    const held = await openHeldFile(files.heldPath)
    await held.write(new Map([0, 1].map((piece) => [piece, hashOf(old, piece)])))
    await held.close()
    expect(await client.serve({ ...old.torrent, heldPath: files.heldPath })).toMatchObject({ ok: true })
    const seeder = await startPlainSeeder(grown.torrentFile, grown.bytes)
    const download = open(magnetOf(grown, seeder.address))
    expect(await download.fetch({ files, pieces: [{ from: 0, to: 7 }] })).toEqual(OK)
    await download.close()
    expect(piecesOf(seeder)).toEqual([2, 3, 4, 5, 6])
    expect(readFileSync(old.torrent.dataPath).equals(bytes)).toBe(true)
    expect([...client.active()]).toEqual([old.torrent.infoHash])
    await client.drop(old.torrent.infoHash)
  })

  test('extends what is served of the same torrent, and gives it back', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const { infoHash } = torrent.torrent
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const first = open(magnetOf(torrent, seeder.address))
    expect(await first.fetch({ files, pieces: [{ from: 0, to: 1 }, INDEX] })).toEqual(OK)
    await first.close()
    expect(await client.serve({ ...torrent.torrent, ...files })).toEqual({ ok: true, value: { struck: 0 } })
    expect(await open(magnetOf(torrent)).metadata()).toEqual({ ok: false, error: { code: 'IN_USE' } })

    const more = open({ ...magnetOf(torrent, seeder.address), torrentPath: torrent.torrent.torrentPath })
    expect(await more.fetch({ files, pieces: [{ from: 0, to: 3 }] })).toEqual(OK)
    expect(await client.serve({ ...torrent.torrent, ...files })).toMatchObject({ ok: true })
    expect([...client.active()]).toEqual([infoHash])
    expect(await readBitfield(portOf(client), infoHash)).toEqual(Buffer.from([0xe0, 0x0c]))
    await more.close()
    await expect.poll(() => readBitfield(portOf(client), infoHash)).toEqual(Buffer.from([0xe0, 0x0c]))
    expect([...client.active()]).toEqual([infoHash])
    await client.drop(infoHash)
    expect(await readBitfield(portOf(client), infoHash)).toBeNull()
  })

  test('that was killed has what it said to be durable, and fetches the rest', async () => {
    const torrent = fixture()
    const files = createFetchedFiles()
    const slow = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { pieces: [0, 1, 2] })
    const download = open(magnetOf(torrent, slow.address))
    const durable = Promise.withResolvers<readonly number[]>()
    const fetched = download.fetch({ files, pieces: [{ from: 0, to: 12 }] }, { onDurable: durable.resolve })
    const told = await durable.promise
    expect(told.length).toBeGreaterThan(0)
    const up = nextEvent(client, 'UP')
    process.kill(client.pid ?? 0, 'SIGKILL')
    expect(await fetched).toEqual({ ok: false, error: { code: 'INTERNAL' } })
    expect(await download.metadata()).toEqual({ ok: false, error: { code: 'INTERNAL' } })
    await download.close()
    await up
    expect(await heldPiecesOf(files, torrent)).toEqual(told.toSorted((a, b) => a - b))
    expect(told.every((piece) => isOnDisk(files, torrent, piece))).toBe(true)
    appendFileSync(files.heldPath, Buffer.alloc(7, 1)) // As a power cut may leave it.

    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const again = open(magnetOf(torrent, seeder.address))
    expect(await again.fetch({ files, pieces: [{ from: 0, to: 14 }] })).toEqual(OK)
    expect(await readBitfield(portOf(client), torrent.torrent.infoHash)).toEqual(completeBitfield(torrent.pieces))
    await again.close()
    const all = [...Array(torrent.pieces).keys()]
    expect(piecesOf(seeder)).toEqual(all.filter((piece) => !told.includes(piece)))
    expect(Buffer.concat([readFileSync(files.dataPath), readFileSync(files.indexPath)]).equals(torrent.bytes)).toBe(
      true,
    )
  })
})
