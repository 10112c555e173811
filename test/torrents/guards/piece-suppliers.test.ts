import { once } from 'node:events'
import type Wire from 'bittorrent-protocol'
import { expect, test } from 'vitest'
import type { Torrent } from 'webtorrent'
import { supplyEachPieceFromOne } from '../../../src/torrents/guards/piece-suppliers.ts'
import { piecesOf, startPlainClient, startPlainSeeder } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

function fixture(): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 6, indexBytes: 300 })
}

interface Leecher {
  readonly torrent: Torrent
  readonly blamed: Wire[]
}

/** A leecher of which each piece comes from one peer. It asks for nothing yet. */
async function join({ torrentFile }: TorrentFixture, patienceMs?: number): Promise<Leecher> {
  const client = startPlainClient()
  await once(client, 'listening')
  const torrent = client.add(torrentFile, { path: createTemporaryFolder(), deselect: true })
  const blamed: Wire[] = []
  supplyEachPieceFromOne(torrent, (wire) => blamed.push(wire), patienceMs)
  await once(torrent, 'ready')
  return { torrent, blamed }
}

/** The same, which asks for all. */
async function leech(fixed: TorrentFixture, patienceMs?: number): Promise<Leecher> {
  const leecher = await join(fixed, patienceMs)
  selectAll(leecher)
  return leecher
}

function selectAll({ torrent }: Leecher): void {
  torrent.select(0, torrent.pieces.length - 1)
}

test('a peer that is too slow loses its pieces to another, which then gives all of them', async () => {
  const torrent = fixture()
  const slow = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { beforeBlock: onceOnly() })
  const good = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
  const leecher = await leech(torrent, 1)
  leecher.torrent.addPeer(slow.address)
  await expect.poll(() => slow.requested.length).toBeGreaterThan(1)
  leecher.torrent.addPeer(good.address)
  await once(leecher.torrent, 'done')
  // The first block that webtorrent asks for is the short last piece, and that one came.
  expect(piecesOf(good)).toEqual([0, 1, 2, 3, 4, 5])
  expect(leecher.blamed).toEqual([])
})

test('a peer that has been free all the while takes what a slow one holds, though nothing else happens', async () => {
  const torrent = fixture()
  const slow = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { beforeBlock: never })
  const good = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
  const leecher = await join(torrent, 500)
  for (const { address } of [slow, good]) leecher.torrent.addPeer(address)
  await expect.poll(() => leecher.torrent.wires.filter(({ peerChoking }) => !peerChoking).length).toBe(2)
  selectAll(leecher)
  // webtorrent itself would leave the slow one after half a minute.
  await once(leecher.torrent, 'done', { signal: AbortSignal.timeout(10_000) })
  expect(slow.requested.length).toBeGreaterThan(0)
  expect(piecesOf(good)).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('a peer that leaves gives its pieces up at once, and is not to blame', async () => {
  const torrent = fixture()
  const leaving = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { beforeBlock: onceOnly() })
  const good = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
  const leecher = await leech(torrent)
  leecher.torrent.addPeer(leaving.address)
  await expect.poll(() => leaving.requested.length).toBeGreaterThan(1)
  leecher.torrent.addPeer(good.address)
  leecher.torrent.wires[0]?.destroy()
  await once(leecher.torrent, 'done')
  expect(leecher.blamed).toEqual([])
})

test('the peer that sent a bad piece is told', async () => {
  const torrent = fixture()
  const hostile = await startPlainSeeder(torrent.torrentFile, Buffer.alloc(torrent.bytes.length, 7))
  const leecher = await leech(torrent)
  leecher.torrent.addPeer(hostile.address)
  await expect.poll(() => leecher.blamed.length).toBeGreaterThan(0)
  expect(leecher.blamed[0]).toBe(leecher.torrent.wires[0])
})

async function never(): Promise<unknown> {
  return new Promise(() => undefined)
}

/** Lets one block pass, and holds all others back for ever. */
function onceOnly(): () => Promise<unknown> {
  let passed = false
  return () => {
    if (passed) return new Promise(() => undefined)
    passed = true
    return Promise.resolve()
  }
}
