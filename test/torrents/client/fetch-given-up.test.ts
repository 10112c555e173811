import { existsSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { FetchOutcome } from '../../../src/torrents/client/pieces-to-fetch.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { badPiecesOf, bytesOnDisk, wantedOf, writeDamagedTorrent } from '../../support/damaged-torrent.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { piecesOf, startPlainSeeder } from '../../support/plain-seeder.ts'
import { dial, frame, handshake, uint32 } from '../../support/raw-peer.ts'
import { readBitfield } from '../../support/served-pieces.ts'
import { nextEvent, portOf } from '../../support/torrent-client.ts'
import type { TorrentFixture } from '../../support/torrent-fixture.ts'

/** A file of which Linux says at every write that no space is left. */
const FULL_DISK = '/dev/full'
const OK = { ok: true, value: undefined }

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})

describe('a fetch that is given up', () => {
  test.each([
    ['nobody is there', 'NO_PEERS', 300, null],
    ['its peers do not have the pieces', 'PEERS_WITHOUT_PIECES', 1_500, [0, 1, 12]],
  ])('%s: %s', async (_what, code, stallMs, pieces) => {
    const fixture = writeDamagedTorrent()
    const before = bytesOnDisk(fixture)
    const seeder = pieces && (await startPlainSeeder(fixture.torrentFile, fixture.bytes, { pieces }))
    const peers = seeder === null ? [] : [seeder.address]
    expect(await client.fetch(wantedOf(fixture, { peers, stallMs }))).toEqual({ ok: false, error: { code } })
    expect(bytesOnDisk(fixture).equals(before)).toBe(true)
  })

  test('guards its wires and gives its good pieces meanwhile; aborted, it has written what it told of', async () => {
    const fixture = writeDamagedTorrent()
    const { fetched, abort, pid } = await fetchOnePiece(fixture)
    const hostile = await dial(portOf(client))
    hostile.send(handshake(fixture.torrent.infoHash), frame(4, uint32(1_000_000_000)))
    await hostile.closed
    expect(await readBitfield(portOf(client), fixture.torrent.infoHash)).toEqual(Buffer.from([0xee, 0xf8]))
    expect([client.pid, client.active().size]).toEqual([pid, 0])

    abort.abort()
    expect(await fetched).toEqual({ ok: false, error: { code: 'ABORTED' } })
    expect(badPiecesOf(fixture)).toEqual([3, 7, 13])
    expect(await client.fetch(wantedOf(fixture), { signal: abort.signal })).toMatchObject({
      error: { code: 'ABORTED' },
    })
  })

  test('a torrent is served or fetched, and dropping ends either', async () => {
    const fixture = writeDamagedTorrent([])
    await client.serve(fixture.torrent)
    expect(await client.fetch(wantedOf(fixture))).toEqual({ ok: false, error: { code: 'IN_USE' } })
    await client.drop(fixture.torrent.infoHash)
    const { fetched } = await fetchOnePiece(fixture)
    expect(await client.fetch(wantedOf(fixture))).toEqual({ ok: false, error: { code: 'IN_USE' } })
    expect(await client.serve(fixture.torrent)).toEqual({ ok: false, error: { code: 'PIECES_DAMAGED' } })
    await client.drop(fixture.torrent.infoHash)
    expect(await fetched).toEqual({ ok: false, error: { code: 'ABORTED' } })
    expect(await client.serve(fixture.torrent)).toMatchObject({ ok: true })
    await client.drop(fixture.torrent.infoHash)
  })

  test.each([
    ['the torrent file is gone', 'FILES_MISSING', ({ torrent }: TorrentFixture) => rmSync(torrent.torrentPath)],
    [
      'the torrent file is cut',
      'PIECES_DAMAGED',
      ({ torrent }: TorrentFixture) => truncateSync(torrent.torrentPath, 9),
    ],
  ])('%s: %s', async (_what, code, harm) => {
    const fixture = writeDamagedTorrent()
    harm(fixture)
    expect(await client.fetch(wantedOf(fixture))).toEqual({ ok: false, error: { code } })
  })

  test.skipIf(!existsSync(FULL_DISK))('the disk is full: DISK_FULL', async () => {
    const fixture = writeDamagedTorrent()
    rmSync(fixture.torrent.dataPath)
    symlinkSync(FULL_DISK, fixture.torrent.dataPath)
    const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
    const fetched = await client.fetch(wantedOf(fixture, { peers: [seeder.address] }))
    expect(fetched).toEqual({ ok: false, error: { code: 'DISK_FULL' } })
  })

  test('the process is killed: what was told is written, and the next process fetches the rest', async () => {
    const fixture = writeDamagedTorrent()
    const { fetched, pid } = await fetchOnePiece(fixture)
    const up = nextEvent(client, 'UP')
    process.kill(pid ?? 0, 'SIGKILL')
    expect(await fetched).toEqual({ ok: false, error: { code: 'INTERNAL' } })
    expect(badPiecesOf(fixture)).toEqual([3, 7, 13])
    await up
    const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
    const pieces = [3, 7, 13].map((piece) => ({ from: piece, to: piece + 1 }))
    expect(await client.fetch(wantedOf(fixture, { pieces, peers: [seeder.address] }))).toEqual(OK)
    expect(piecesOf(seeder)).toEqual([3, 7, 13])
    expect(bytesOnDisk(fixture).equals(fixture.bytes)).toBe(true)
  })
})

/** Begins a fetch from a peer that has one of the pieces, and waits for that. */
async function fetchOnePiece(fixture: TorrentFixture): Promise<{
  readonly fetched: Promise<FetchOutcome>
  readonly abort: AbortController
  readonly pid: number | null
}> {
  const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes, { pieces: [2] })
  const abort = new AbortController()
  const first = Promise.withResolvers<number>()
  const fetched = client.fetch(wantedOf(fixture, { peers: [seeder.address] }), {
    signal: abort.signal,
    onPiece: first.resolve,
  })
  expect(await first.promise).toBe(2)
  return { fetched, abort, pid: client.pid }
}
