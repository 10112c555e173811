import { once } from 'node:events'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import bencode from 'bencode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { BAD_BYTES, BAD_PIECES, bytesOnDisk, wantedOf, writeDamagedTorrent } from '../../support/damaged-torrent.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { piecesOf, startPlainSeeder } from '../../support/plain-seeder.ts'
import { dial, handshake, HOSTILE_ADDRESS } from '../../support/raw-peer.ts'
import { readBitfield } from '../../support/served-pieces.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

const OK = { ok: true, value: undefined }

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

describe('a fetch', () => {
  test('takes the bad pieces from a peer and no others, writes them in place, and leaves', async () => {
    const fixture = writeDamagedTorrent()
    const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
    const told: number[] = []
    const fetched = await client.fetch(wantedOf(fixture, { peers: [seeder.address] }), {
      onPiece: (piece) => told.push(piece),
    })
    expect(fetched).toEqual(OK)
    expect(piecesOf(seeder)).toEqual(BAD_PIECES)
    expect(told.sort((a, b) => a - b)).toEqual(BAD_PIECES)
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
    expect(client.active().size).toBe(0)
    expect(await readBitfield(portOf(client), fixture.torrent.infoHash)).toBeNull()
    expect(await client.serve(fixture.torrent)).toMatchObject({ ok: true })
    await client.drop(fixture.torrent.infoHash)
  })

  test('makes short and missing files whole', async () => {
    const fixture = writeDamagedTorrent([])
    truncateSync(fixture.torrent.dataPath, 10 * PIECE_BYTES + 5)
    rmSync(fixture.torrent.indexPath)
    const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
    const pieces = [{ from: 10, to: 14 }]
    expect(await client.fetch(wantedOf(fixture, { pieces, peers: [seeder.address] }))).toEqual(OK)
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
  })

  test('leaves alone what lies behind its own bytes, and another torrent that is served from them', async () => {
    const folder = createTemporaryFolder()
    const shape = { seed: 1, indexBytes: 300 }
    const old = writeTorrentFixture(folder, { ...shape, dataPieces: 4 })
    const grown = writeTorrentFixture(folder, { ...shape, dataPieces: 6 })
    await client.serve(grown.torrent)
    const bytes = readFileSync(grown.torrent.dataPath)
    writeFileSync(grown.torrent.dataPath, Buffer.from(bytes).fill(0, 3 * PIECE_BYTES, 4 * PIECE_BYTES))
    const seeder = await startPlainSeeder(old.torrentFile, old.bytes)
    const pieces = [{ from: 3, to: 4 }]
    expect(await client.fetch(wantedOf(old, { pieces, peers: [seeder.address] }))).toEqual(OK)
    expect(readFileSync(grown.torrent.dataPath).equals(bytes)).toBe(true)
    expect((await download(grown.torrentFile, portOf(client))).bytes.equals(grown.bytes)).toBe(true)
    expect([...client.active()]).toEqual([grown.torrent.infoHash])
    await client.drop(grown.torrent.infoHash)
  })

  test('finds peers by the trackers that it is told, as one who has not all', async () => {
    const fixture = writeDamagedTorrent()
    const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
    const [host = '', port] = seeder.address.split(':')
    const peers = Buffer.from([...host.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff])
    const announces: URLSearchParams[] = []
    const tracker = createServer((request, response) => {
      announces.push(new URL(request.url ?? '', 'http://tracker').searchParams)
      response.end(bencode.encode({ interval: 1_800, peers }))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void tracker.close())
    await once(tracker, 'listening')
    const trackers = [`http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce`]
    expect(await client.fetch(wantedOf(fixture, { trackers }))).toEqual(OK)
    expect(announces[0]?.get('left')).toBe(String(BAD_BYTES))
    await expect.poll(() => announces.at(-1)?.get('event')).toBe('stopped')
  })

  test('takes each piece from one of its peers', async () => {
    const fixture = writeDamagedTorrent()
    const seeders = await Promise.all([1, 2].map(() => startPlainSeeder(fixture.torrentFile, fixture.bytes)))
    const peers = seeders.map(({ address }) => address)
    expect(await client.fetch(wantedOf(fixture, { pieces: [{ from: 0, to: 14 }], peers }))).toEqual(OK)
    const pieces = seeders.flatMap((seeder) => piecesOf(seeder))
    expect(pieces.sort((a, b) => a - b)).toEqual([...Array(fixture.pieces).keys()])
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
  })

  test('bans the address of a peer that sends wrong pieces, and ends well with a good one', async () => {
    const fixture = writeDamagedTorrent()
    const banned = Promise.withResolvers<void>()
    const good = await startPlainSeeder(fixture.torrentFile, fixture.bytes, { beforeBlock: () => banned.promise })
    const garbage = Buffer.alloc(fixture.bytes.length, 7)
    const hostile = await startPlainSeeder(fixture.torrentFile, garbage, { host: HOSTILE_ADDRESS })
    const fetched = client.fetch(wantedOf(fixture, { peers: [hostile.address, good.address] }))
    await hostile.left
    const again = await dial(portOf(client), HOSTILE_ADDRESS)
    again.send(handshake(fixture.torrent.infoHash))
    await again.closed
    banned.resolve()
    expect(await fetched).toEqual(OK)
    expect(hostile.requested.length).toBeGreaterThan(0)
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
  })
})
