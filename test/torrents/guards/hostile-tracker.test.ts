import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { download } from '../../support/plain-leecher.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

test.each(['l-3:', 'd-3:', '', 'd5:peersi5ee', 'd8:intervali1e5:peers3:abce', 'd5:peersl2:abee'])(
  'a tracker that answers %j leaves the torrent served',
  async (answer) => {
    const fixture = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 })
    const client = await startTorrentClient({ trackers: true })
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
  },
)
