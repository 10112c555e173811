import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { openHeldFile, readHeldPieces } from '../../../src/formats/held-pieces.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import type { TorrentToServe } from '../../../src/torrents/client/torrent-to-serve.ts'
import { createSeeder, type Seeder } from '../../../src/torrents/seeder/seeder.ts'
import { hashOf } from '../../support/fetched-files.ts'
import { startHaltingLeecher } from '../../support/halting-leecher.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { startPlainSeeder } from '../../support/plain-seeder.ts'
import { readBitfield } from '../../support/served-pieces.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const DATA_PIECES = 4
/** The upload slots of webtorrent, and most other clients, and a few more. */
const PARTIAL_MEMBERS = 12

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  return () => client.stop()
})

/** A torrent of which these pieces are held, and the others are holes. */
async function writePartial(
  held: readonly number[],
): Promise<{ fixture: TorrentFixture; torrent: TorrentToServe & { heldPath: string } }> {
  const folder = createTemporaryFolder()
  const fixture = writeTorrentFixture(folder, { seed: 1, dataPieces: DATA_PIECES, indexBytes: 300 })
  const heldPath = join(folder, 'held.0')
  const file = await openHeldFile(heldPath)
  await file.write(new Map(held.map((piece) => [piece, hashOf(fixture, piece)])))
  await file.close()
  const { dataPath } = fixture.torrent
  const bytes = readFileSync(dataPath)
  for (let piece = 0; piece < DATA_PIECES; piece += 1)
    if (!held.includes(piece)) bytes.fill(0, piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
  writeFileSync(dataPath, bytes)
  truncateSync(dataPath, (Math.max(-1, ...held) + 1) * PIECE_BYTES)
  return { fixture, torrent: { ...fixture.torrent, heldPath, check: 'WHOLE' } }
}

function served(struck: number): object {
  return { ok: true, value: { struck } }
}

describe('a torrent of which a part is here', () => {
  test('is served as far as it is held, from a file that is too short', async () => {
    const { fixture, torrent } = await writePartial([0, 2])
    expect(await client.serve(torrent)).toEqual(served(0))
    expect(await readBitfield(portOf(client), torrent.infoHash)).toEqual(Buffer.from([0xa8]))
    const leecher = await startHaltingLeecher(fixture.torrentFile, portOf(client))
    await leecher.fetch(2, 2)
    await leecher.fetch(4, 4)
    await client.drop(torrent.infoHash)
  })

  test('is hashed where it is not as it was, and what is bad is struck and not offered', async () => {
    const { torrent } = await writePartial([0, 1, 2])
    expect(await client.serve(torrent)).toEqual(served(0))
    await client.drop(torrent.infoHash)
    expect(existsSync(torrent.stampPath)).toBe(true)
    const data = readFileSync(torrent.dataPath)
    writeFileSync(torrent.dataPath, data.fill(9, PIECE_BYTES, 2 * PIECE_BYTES))
    expect(await client.serve({ ...torrent, check: 'IF_CHANGED' })).toEqual(served(1))
    expect(await readBitfield(portOf(client), torrent.infoHash)).toEqual(Buffer.from([0xa8]))
    expect((await readHeldPieces(torrent.heldPath)).subarray(20, 40).every((byte) => byte === 0)).toBe(true)
    await client.drop(torrent.infoHash)
    expect(await client.serve({ ...torrent, check: 'IF_CHANGED' })).toEqual(served(0))
    await client.drop(torrent.infoHash)
    // Where all of it should be here, what was noted of a part says nothing.
    const whole = { ...torrent, heldPath: null, check: 'IF_CHANGED' } as const
    expect(await client.serve(whole)).toEqual({ ok: false, error: { code: 'FILES_TOO_SHORT' } })
  })

  test('is served without its index, where that is not right', async () => {
    const { torrent } = await writePartial([0])
    truncateSync(torrent.indexPath, 200)
    expect(await client.serve(torrent)).toEqual(served(1))
    expect(await readBitfield(portOf(client), torrent.infoHash)).toEqual(Buffer.from([0x80]))
    await client.drop(torrent.infoHash)
  })

  test('is refused where nothing of it is here', async () => {
    const { torrent } = await writePartial([])
    writeFileSync(torrent.indexPath, 'another')
    expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'PIECES_DAMAGED' } })
    rmSync(torrent.indexPath)
    expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'FILES_MISSING' } })
  })
})

test('twelve partial members hold no place at a seeder, and a thirteenth fetches', async () => {
  const { fixture, torrent } = await writePartial([0])
  const seeder = await startPlainSeeder(fixture.torrentFile, fixture.bytes)
  for (let member = 0; member < PARTIAL_MEMBERS; member += 1) {
    const one = await startSeeder()
    await one.serve(torrent, () => undefined)
    seeder.dial(one.port)
  }
  const handshakes = (): unknown[] => seeder.wires().map((wire) => wire.peerExtendedHandshake['upload_only'])
  await expect.poll(handshakes).toEqual(Array(PARTIAL_MEMBERS).fill(1))
  const told = (): boolean => seeder.wires().every((wire) => wire.peerPieces.get(0) && !wire.peerPieces.get(1))
  await expect.poll(told).toBe(true)
  const { bytes } = await download(fixture.torrentFile, Number(seeder.address.split(':')[1]))
  expect(bytes.equals(fixture.bytes)).toBe(true)
  const partial = seeder.wires().filter((wire) => wire.peerExtendedHandshake['upload_only'] === 1)
  expect(partial.map((wire) => wire.peerInterested)).toEqual(Array(PARTIAL_MEMBERS).fill(false))
})

async function startSeeder(): Promise<Seeder> {
  const seeder = await createSeeder(LOOPBACK_TORRENT_CLIENT, {
    onFailed: (_infoHash, error) => expect.fail(String(error)),
    onGone: () => expect.fail(),
    onStampFailed: () => expect.fail(),
    onOffence: () => undefined,
    onSourceFailed: () => expect.unreachable(),
  })
  onTestFinished(() => seeder.close())
  return seeder
}
