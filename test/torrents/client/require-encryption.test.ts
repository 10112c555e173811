import { expect, test } from 'vitest'
import { dial, handshake } from '../../support/raw-peer.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'

test('a peer that dials in plain text is told nothing where encryption is required', async () => {
  const { torrent } = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 })
  const client = await startTorrentClient({ encryption: 'REQUIRED' })
  await client.serve(torrent)
  const peer = await dial(portOf(client))
  let answered = 0
  peer.socket.on('data', (bytes: Buffer) => (answered += bytes.length))
  peer.send(handshake(torrent.infoHash))
  await peer.closed
  expect(answered).toBe(0)
})

test('the same peer is answered where encryption is preferred', async () => {
  const { torrent } = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 })
  const client = await startTorrentClient({ encryption: 'PREFERRED' })
  await client.serve(torrent)
  const peer = await dial(portOf(client))
  const answer = peer.nextBytes()
  peer.send(handshake(torrent.infoHash))
  expect((await answer).subarray(1, 20).toString('latin1')).toBe('BitTorrent protocol')
  peer.socket.destroy()
})
