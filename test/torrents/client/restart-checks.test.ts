import { readFileSync, rmSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { createGrowingHistory } from '../../support/growing-history.ts'
import { download } from '../../support/plain-leecher.ts'
import { readBitfield } from '../../support/served-pieces.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

function fixture(seed: number, dataPieces = 2): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), { seed, dataPieces, indexBytes: 300 })
}

describe('at a rollover', () => {
  test.skipIf(process.platform !== 'linux')('what is new is read, and what was served before is not', async () => {
    const history = createGrowingHistory()
    const old = history.grow(100)
    const client = await startTorrentClient()
    const first = await readWhile(client, async () => client.serve(old.torrent))
    expect(first).toBeGreaterThan(old.dataBytes)
    const grown = history.grow(2)
    const second = await readWhile(client, async () => client.serve(grown.torrent))
    const newBytes = grown.sizeBytes - old.dataBytes
    expect(second).toBeGreaterThan(newBytes)
    expect(second).toBeLessThan(newBytes + MARGIN_BYTES)
    expect(client.active()).toEqual(new Set([old.infoHash, grown.infoHash]))
  })
})

describe('at a restart of the torrent client', () => {
  test.skipIf(process.platform !== 'linux')('what did not change is served without being read', async () => {
    const { torrent, torrentFile, bytes } = fixture(1, 100)
    const before = await startTorrentClient()
    const first = await readWhile(before, async () => before.serve({ ...torrent, check: 'WHOLE' }))
    expect(first).toBeGreaterThan(bytes.length)
    await before.stop()

    const after = await startTorrentClient()
    const again = await readWhile(after, async () => after.serve({ ...torrent, check: 'IF_CHANGED' }))
    expect(again).toBeLessThan(bytes.length / 2)
    expect((await download(torrentFile, portOf(after))).bytes.equals(bytes)).toBe(true)
  })

  test('what changed, is short or missing is not served, though nothing but its bytes tells', async () => {
    const [changed, changedIndex, short, missing, whole] = [1, 2, 3, 4, 5].map((seed) => fixture(seed)) as Five
    const all = [changed, changedIndex, short, missing, whole]
    const before = await startTorrentClient()
    for (const { torrent } of all)
      expect(await before.serve({ ...torrent, check: 'WHOLE' })).toMatchObject({ ok: true })
    await before.stop()
    flipByteUnseen(changed.torrent.dataPath, 100_000)
    flipByteUnseen(changedIndex.torrent.indexPath, 7)
    truncateSync(short.torrent.dataPath, 5)
    rmSync(missing.torrent.indexPath)

    const after = await startTorrentClient()
    const codes: string[] = []
    for (const { torrent } of all) {
      const served = await after.serve({ ...torrent, check: 'IF_CHANGED' })
      codes.push(served.ok ? 'served' : served.error.code)
    }
    expect(codes).toEqual(['PIECES_DAMAGED', 'PIECES_DAMAGED', 'FILES_TOO_SHORT', 'FILES_MISSING', 'served'])
    expect([...after.active()]).toEqual([whole.torrent.infoHash])
    const offered = await Promise.all(all.map(({ torrent }) => readBitfield(portOf(after), torrent.infoHash)))
    expect(offered.map((bitfield) => bitfield !== null)).toEqual([false, false, false, false, true])
  })
})

/** What a client reads besides: its torrent file, its channel, the clock of the system. */
const MARGIN_BYTES = 1_000_000

type Five = [TorrentFixture, TorrentFixture, TorrentFixture, TorrentFixture, TorrentFixture]

/** How many bytes the client's process reads meanwhile, from files and sockets, as the system counts. */
async function readWhile(client: TorrentClient, act: () => Promise<unknown>): Promise<number> {
  const before = readBytesOf(client)
  expect(await act()).toMatchObject({ ok: true })
  return readBytesOf(client) - before
}

function readBytesOf({ pid }: TorrentClient): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
}
