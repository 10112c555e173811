import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import bencode from 'bencode'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import WebTorrent from 'webtorrent'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

test.each([
  ['plain text alone', 0],
  ['either way', 1],
  ['encrypted alone', 2],
] as const)('a peer that the tracker names is dialled, though it speaks %s', async (_what, secure) => {
  const fixture = writeTorrentFixture(createTemporaryFolder(), { seed: 1 + secure, dataPieces: 2, indexBytes: 300 })
  const folder = createTemporaryFolder()
  const off = { dht: false, tracker: false, lsd: false, natUpnp: false, natPmp: false, utp: false } as const
  const leecher = new WebTorrent({ ...off, secure, torrentPort: { port: 0, host: '127.0.0.1' } })
  onTestFinished(() => new Promise<void>((resolve) => leecher.destroy(() => resolve())))
  await once(leecher, 'listening')
  const torrent = leecher.add(fixture.torrentFile, { path: folder })
  const done = once(torrent, 'done')

  const announceUrl = await startTracker(leecher.torrentPort)
  await client.serve({ ...fixture.torrent, trackers: [announceUrl] })
  await done
  const files = torrent.files.map((file) => readFile(join(folder, file.path)))
  expect(Buffer.concat(await Promise.all(files)).equals(fixture.bytes)).toBe(true)
})

/** A tracker that knows one peer, on loopback. */
async function startTracker(peerPort: number): Promise<string> {
  const peers = Buffer.from([127, 0, 0, 1, peerPort >> 8, peerPort & 0xff])
  const tracker = createServer((_request, response) => {
    response.end(bencode.encode({ interval: 1_800, peers }))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void tracker.close())
  await once(tracker, 'listening')
  return `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce`
}
