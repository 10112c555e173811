import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

const ANSWERS = ['l-3:', 'd-3:', '', 'd5:peersi5ee', 'd8:intervali1e5:peers3:abce', 'd5:peersl2:abee']

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

test.each(ANSWERS)('a tracker that answers %j leaves the torrent served', async (answer) => {
  const shape = { seed: 1 + ANSWERS.indexOf(answer), dataPieces: 2, indexBytes: 300 }
  const fixture = writeTorrentFixture(createTemporaryFolder(), shape)
  const { pid } = client
  const tracker = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1')
  onTestFinished(() => void tracker.close())
  await once(tracker, 'listening')
  const asked = once(tracker, 'request')
  const { port } = tracker.address() as AddressInfo
  await client.serve({ ...fixture.torrent, trackers: [`http://127.0.0.1:${port}/announce`] })
  await asked
  const { bytes } = await download(fixture.torrentFile, portOf(client))
  expect(bytes.equals(fixture.bytes)).toBe(true)
  expect(client.pid).toBe(pid)
})
