import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type Wire from 'bittorrent-protocol'
import { expect, test } from 'vitest'
import type { Torrent } from 'webtorrent'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { startPlainClient } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const INDEX_BYTES = PIECE_BYTES + 300

type Paths = TorrentFixture['torrent']

test.each<[what: string, piece: number, path: (torrent: Paths) => string, at: number]>([
  ['data', 1, ({ dataPath }) => dataPath, PIECE_BYTES + 9],
  ['the short end of the index', 3, ({ indexPath }) => indexPath, INDEX_BYTES - 1],
])('a byte of %s that changes while it is served: no peer gets its piece; told, and dropped', async (_, ...change) => {
  const [piece, path, at] = change
  const { torrent, torrentFile } = writeTorrentFixture(createTemporaryFolder(), {
    seed: 1,
    dataPieces: 2,
    indexBytes: INDEX_BYTES,
  })
  const client = await startTorrentClient()
  expect(await client.serve(torrent)).toMatchObject({ ok: true })
  expect(existsSync(torrent.stampPath)).toBe(true)
  flipByteUnseen(path(torrent), at)

  const failed = nextEvent(client, 'FAILED')
  const { leecher, wire } = await startLeecher(torrentFile, portOf(client))
  const given: number[] = []
  wire.on('piece', (index: number) => given.push(index))
  const left = once(wire, 'close')
  leecher.select(piece, piece)
  expect(await failed).toMatchObject({ infoHash: torrent.infoHash, code: 'PIECES_DAMAGED' })
  await left
  expect(given).toEqual([])
  expect(client.active().size).toBe(0)
  expect(existsSync(torrent.stampPath)).toBe(false)
  expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'PIECES_DAMAGED' } })
})

/** One that asks for nothing yet. */
async function startLeecher(
  torrentFile: Uint8Array,
  port: number,
): Promise<{ readonly leecher: Torrent; readonly wire: Wire }> {
  const leecher = startPlainClient().add(torrentFile, { path: createTemporaryFolder(), deselect: true })
  await once(leecher, 'ready')
  const connected = once(leecher, 'wire')
  leecher.addPeer(`127.0.0.1:${port}`)
  const [wire] = (await connected) as [Wire]
  return { leecher, wire }
}
