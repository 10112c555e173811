import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { dial, extended, EXTENDED_HANDSHAKE, frame, handshake, uint32 } from '../../support/raw-peer.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const UT_METADATA = 1
const UT_PEX = 2
const LT_DONTHAVE = 3
const BLOCK = 16_384

/** Each ends webtorrent's process, or fills its memory, or means nothing; and each is one frame. */
const OFFENCES: readonly (readonly [string, readonly Buffer[]])[] = [
  ['HAVE 1e9', [frame(4, uint32(1_000_000_000))]],
  ['HAVE of the piece after the last', [frame(4, uint32(3))]],
  ['HAVE without its number', [frame(4)]],
  ['a short BITFIELD', [frame(5)]],
  ['a long BITFIELD', [frame(5, Buffer.alloc(2))]],
  ['a BITFIELD with spare bits set', [frame(5, Buffer.from([0xff]))]],
  ['ALLOWED_FAST out of range', [frame(14), frame(17, uint32(1_000_000))]],
  ['SUGGEST out of range', [frame(13, uint32(1_000_000))]],
  ['REQUEST of a piece out of range', [frame(2), frame(6, uint32(9, 0, BLOCK))]],
  ['REQUEST beyond the end of a piece', [frame(2), frame(6, uint32(0, 102_400, BLOCK))]],
  ['REQUEST of 4 GB', [frame(2), frame(6, uint32(0, 0, 0xffff_ffff))]],
  ['an oversized length prefix', [uint32(0x7fff_ffff)]],
  ['a negative length prefix', [uint32(0xffff_fff0)]],
  ['an empty extended frame', [frame(20)]],
  ['an empty ut_metadata message', [EXTENDED_HANDSHAKE, extended(UT_METADATA, '')]],
  ['ut_metadata before the extended handshake', [extended(UT_METADATA, 'd8:msg_typei0e5:piecei0ee')]],
  ['ut_metadata piece out of range', [EXTENDED_HANDSHAKE, extended(UT_METADATA, 'd8:msg_typei0e5:piecei999eee')]],
  ['ut_metadata without a piece', [EXTENDED_HANDSHAKE, extended(UT_METADATA, 'd8:msg_typei0ee')]],
  ['ut_metadata with a negative length', [EXTENDED_HANDSHAKE, extended(UT_METADATA, 'l-3:ee')]],
  ['an extended handshake that loops for ever', [extended(0, 'l-3:')]],
  ['an extended handshake of a million lists', [extended(0, Buffer.alloc(30_000, 'l'))]],
  ['an extended handshake whose numbers are not', [extended(0, 'd1:md11:ut_metadatad8:toStringi1eeee')]],
  ['a hundred extended handshakes', Array.from({ length: 100 }, () => EXTENDED_HANDSHAKE)],
  ['ut_pex that loops for ever', [EXTENDED_HANDSHAKE, extended(UT_PEX, 'l-3:')]],
  ['lt_donthave without its number', [EXTENDED_HANDSHAKE, extended(LT_DONTHAVE, '')]],
]

let fixture: TorrentFixture
let client: TorrentClient

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seedbank-'))
  fixture = writeTorrentFixture(folder, { seed: 1, dataPieces: 2, indexBytes: 300 })
  // Nobody is refused by address here, so that every frame is judged.
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, refuseAfterOffences: 0 })
  await client.serve(fixture.torrent)
  return async () => {
    await client.stop()
    rmSync(folder, { recursive: true })
  }
})

describe('a peer that breaks the protocol', () => {
  test.each(OFFENCES)('%s: its connection is closed, and others are served', async (_what, frames) => {
    const { pid } = client
    const peer = await dial(portOf(client))
    // In one packet with the handshake, where webtorrent would act before any guard is in place.
    peer.send(handshake(fixture.torrent.infoHash), ...frames)
    await peer.closed

    const late = await dial(portOf(client))
    late.send(handshake(fixture.torrent.infoHash))
    await late.nextBytes()
    late.send(...frames)
    await late.closed
    expect(client.pid).toBe(pid)
    await expectServed()
  })

  test.each([
    ['a key exchange with a key of zeros', Buffer.alloc(96)],
    ['a key exchange with a key beyond the prime', Buffer.alloc(96, 0xff)],
    ['a handshake for a torrent that nobody has', handshake('0'.repeat(40))],
  ])('%s: its connection is closed, and others are served', async (_what, bytes) => {
    const { pid } = client
    const peer = await dial(portOf(client))
    peer.send(bytes)
    await peer.closed
    expect(client.pid).toBe(pid)
    await expectServed()
  })

  test('garbage after a key exchange: its connection is closed, and others are served', async () => {
    const peer = await dial(portOf(client))
    peer.send(Buffer.alloc(96, 0xa5))
    await peer.nextBytes()
    peer.send(Buffer.alloc(4_096, 0xa5))
    await peer.closed
    await expectServed()
  })

  test('one that asks for more than it reads is disconnected', async () => {
    const big = writeTorrentFixture(createTemporaryFolder(), { seed: 2, dataPieces: 200, indexBytes: 300 })
    await client.serve(big.torrent)
    const peer = await dial(portOf(client))
    peer.send(handshake(big.torrent.infoHash), frame(14), frame(2))
    await peer.nextBytes()
    peer.socket.pause()
    const asked = Array.from({ length: 1_200 }, (_, block) => frame(6, uint32(block % 200, 0, BLOCK)))
    for (let round = 0; round < 4; round += 1) peer.send(...asked)
    await expect.poll(() => client.stats().get(big.torrent.infoHash)?.peers).toBe(0)
    await expectServed()
  })

  test('an honest one, which says what it may, is served by hand', async () => {
    const peer = await dial(portOf(client))
    const fromPeer = collect(peer.socket)
    peer.send(handshake(fixture.torrent.infoHash), EXTENDED_HANDSHAKE, frame(15), frame(9, Buffer.from([1, 2])))
    peer.send(extended(UT_METADATA, 'd8:msg_typei0e5:piecei0ee'), extended(9, 'd1:ai1ee'))
    peer.send(frame(5, Buffer.from([0x40])), frame(5, Buffer.from([0x60]))) // aria2 says it again.
    peer.send(frame(2), frame(4, uint32(2)), frame(3), frame(2), Buffer.alloc(4))
    await expect.poll(() => fromPeer().includes(frame(1))).toBe(true) // Unchoked.
    peer.send(frame(6, uint32(0, 16, 64)))
    const block = Buffer.concat([uint32(0, 16), fixture.bytes.subarray(16, 80)])
    await expect.poll(() => fromPeer().includes(frame(7, block))).toBe(true)
    expect(fromPeer().includes(Buffer.from(fixture.metadata))).toBe(true)
    peer.socket.destroy()
  })
})

test('an address whose peers offend again and again is refused, the others are not', async () => {
  const strict = await startTorrentClient({ refuseAfterOffences: 2 })
  await strict.serve(fixture.torrent)
  for (let offence = 0; offence < 2; offence += 1) {
    const peer = await dial(portOf(strict))
    peer.send(handshake(fixture.torrent.infoHash), frame(4, uint32(1_000_000_000)))
    await peer.closed
  }
  const refused = await dial(portOf(strict))
  refused.send(handshake(fixture.torrent.infoHash))
  await refused.closed
  expect(refused.socket.bytesRead).toBe(0)
  expect((await download(fixture.torrentFile, portOf(strict))).bytes.equals(fixture.bytes)).toBe(true)
})

test('so many connections are accepted and no more, a quarter of them from one address', async () => {
  const small = await startTorrentClient({ maxConnections: 8 })
  const peers = await Promise.all([1, 2, 3].map(() => dial(portOf(small))))
  const closed = await Promise.race(peers.map(async (peer) => peer.closed.then(() => peer)))
  expect(peers.filter((peer) => peer !== closed && !peer.socket.closed)).toHaveLength(2)
  peers.forEach(({ socket }) => socket.destroy())
})

async function expectServed(): Promise<void> {
  const { bytes } = await download(fixture.torrentFile, portOf(client))
  expect(bytes.equals(fixture.bytes)).toBe(true)
}

/** All that has come in on a socket since the call. */
function collect(socket: Socket): () => Buffer {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  return () => Buffer.concat(parts)
}
