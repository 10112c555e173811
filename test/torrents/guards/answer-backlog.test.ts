import { once } from 'node:events'
import type Wire from 'bittorrent-protocol'
import { expect, test } from 'vitest'
import { startPlainClient } from '../../support/plain-seeder.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

test('tells peers how much they may ask for ahead, so that a fast one is not taken for one that does not read', async () => {
  const { torrent, torrentFile } = writeTorrentFixture(createTemporaryFolder(), {
    seed: 1,
    dataPieces: 1,
    indexBytes: 10,
  })
  const seeder = await startTorrentClient()
  await seeder.serve(torrent)
  const leecher = startPlainClient()
  await once(leecher, 'listening')
  const fetched = leecher.add(torrentFile, { path: createTemporaryFolder() })
  await once(fetched, 'infoHash')
  fetched.addPeer(`127.0.0.1:${portOf(seeder)}`)
  const [wire] = (await once(fetched, 'wire')) as [Wire]
  const [extension, handshake] = (await once(wire, 'extended')) as [string, unknown]
  expect(extension).toBe('handshake')
  expect(handshake).toMatchObject({ reqq: 500 })
})
