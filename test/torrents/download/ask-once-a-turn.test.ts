/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Torrent } from 'webtorrent'
import { askOnceATurn } from '../../../src/torrents/download/ask-once-a-turn.ts'
import { piecesOf, startPlainClient, startPlainSeeder } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

function fixture(): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 6, indexBytes: 300 })
}

/** A torrent without peers, and how often webtorrent asked them. */
async function add({ torrentFile }: TorrentFixture): Promise<{ torrent: Torrent; asked: () => number }> {
  const client = startPlainClient()
  await once(client, 'listening')
  const torrent = client.add(torrentFile, { path: createTemporaryFolder() })
  const update = torrent._update.bind(torrent)
  let asked = 0
  torrent._update = () => {
    asked += 1
    update()
  }
  askOnceATurn(torrent)
  await once(torrent, 'ready')
  await nextTurn()
  return { torrent, asked: () => asked }
}

test('peers are asked once for all that a turn of the event loop calls for, and again in the next', async () => {
  const { torrent, asked } = await add(fixture())
  const before = asked()
  for (let time = 0; time < 3; time++) torrent._update()
  expect(asked()).toBe(before)
  await nextTurn()
  expect(asked()).toBe(before + 1)
  torrent._update()
  await nextTurn()
  expect(asked()).toBe(before + 2)
})

test('a torrent comes whole that way', async () => {
  const whole = fixture()
  const seeder = await startPlainSeeder(whole.torrentFile, whole.bytes)
  const { torrent } = await add(whole)
  torrent.addPeer(seeder.address)
  await once(torrent, 'done')
  expect(piecesOf(seeder)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
