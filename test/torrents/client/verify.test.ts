import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { download } from '../../support/plain-leecher.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

function fixture(): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 3, indexBytes: 300 })
}

describe('verifying a torrent while it is served', () => {
  test('changes nothing where it is as it should be', async () => {
    const { torrent, torrentFile, bytes } = fixture()
    const client = await startTorrentClient()
    const events: string[] = []
    client.onEvent(({ type }) => events.push(type))
    await client.serve(torrent)
    const [verified, downloaded] = await Promise.all([client.verify(torrent), download(torrentFile, portOf(client))])
    expect(verified).toMatchObject({ ok: true })
    expect(downloaded.bytes.equals(bytes)).toBe(true)
    expect([...client.active()]).toEqual([torrent.infoHash])
    expect(events).toEqual([])
  })

  test.each([
    ['data', 'PIECES_DAMAGED', ({ torrent }: TorrentFixture) => change(torrent.dataPath)],
    ['index', 'PIECES_DAMAGED', ({ torrent }: TorrentFixture) => change(torrent.indexPath)],
    ['torrent file', 'FILES_MISSING', ({ torrent }: TorrentFixture) => rmSync(torrent.torrentPath)],
  ])('finds a damaged %s that no peer asked for, drops the torrent, and tells', async (_what, code, harm) => {
    const served = fixture()
    const client = await startTorrentClient()
    await client.serve(served.torrent)
    harm(served)
    const failed = nextEvent(client, 'FAILED')
    await client.verify(served.torrent)
    expect(await failed).toEqual({ type: 'FAILED', infoHash: served.torrent.infoHash, code })
    expect(client.active().size).toBe(0)
  })

  test('says nothing of what is not served', async () => {
    const { torrent } = fixture()
    const client = await startTorrentClient()
    change(torrent.dataPath)
    const events: string[] = []
    client.onEvent(({ type }) => events.push(type))
    await client.verify(torrent)
    expect(events).toEqual([])
  })
})

/** In place: the file that is open is changed, as a bad disk would. */
function change(path: string): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9)
  writeFileSync(path, bytes)
}
