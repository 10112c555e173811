import { appendFileSync, cpSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { createSeedingClient } from '../../src/app/torrents.ts'
import { ok } from '../../src/domain/result.ts'
import type { ArchivingPorts } from '../../src/reactors/archiving-reactor.ts'
import { packed } from '../support/community-facts.ts'
import { startHaltingLeecher } from '../support/halting-leecher.ts'
import { download } from '../support/plain-leecher.ts'
import { GRACE_MS, openReactingNode } from '../support/reacting-node.ts'
import { addCommunity, createArchive } from '../support/sample-wishes.ts'
import { readBitfield } from '../support/served-pieces.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../support/torrent-fixture.ts'

const INDEX_BYTES = 300
const DATA_PIECES = [20, 21] as const

test('who is half-way through a torrent finishes it in its grace, while the next one is served already', async () => {
  const archivesDir = createTemporaryFolder()
  const torrents = await startTorrentClient()
  const port = portOf(torrents)
  const [older, newer] = [versionIn(archivesDir, DATA_PIECES[0]), versionIn(createTemporaryFolder(), DATA_PIECES[1])]
  const { communityId, dataPath } = older.torrent
  const node = await openReactingNode({
    torrents: createSeedingClient(torrents, archivesDir, [], () => undefined),
    async pack({ runId }) {
      if (runId === packed(1).runId) return packedAs(1, 0, older)
      appendFileSync(dataPath, newer.bytes.subarray(older.torrent.dataBytes, newer.torrent.dataBytes))
      cpSync(dirname(newer.torrent.indexPath), `${dirname(dataPath)}/${newer.torrent.infoHash}`, { recursive: true })
      return packedAs(2, older.torrent.dataBytes, newer)
    },
  })
  await node.wish(addCommunity(communityId, { archiving: true }))
  await node.wish(createArchive(communityId, 1))
  const leecher = await startHaltingLeecher(older.torrentFile, port)
  await leecher.fetch(0, 9)

  await node.wish(createArchive(communityId, 2))
  expect([...torrents.active()].sort()).toEqual([older, newer].map(({ torrent }) => torrent.infoHash).sort())
  expect((await download(newer.torrentFile, port)).bytes.equals(newer.bytes)).toBe(true)
  await node.advance(GRACE_MS - 1)
  await leecher.fetch(10, older.pieces - 1)
  expect((await leecher.bytes()).equals(older.bytes)).toBe(true)

  await node.advance(1)
  expect((await node.facts()).at(-1)).toMatchObject({
    type: 'Unseeded',
    data: { infoHash: older.torrent.infoHash, reason: 'REPLACED' },
  })
  expect(await readBitfield(port, older.torrent.infoHash)).toBeNull()
  expect(await readBitfield(port, newer.torrent.infoHash)).not.toBeNull()
})

/** Both are of one generation: `data` of the newer begins with that of the older. */
function versionIn(folder: string, dataPieces: number): TorrentFixture {
  return writeTorrentFixture(folder, { seed: 1, dataPieces, indexBytes: INDEX_BYTES })
}

/** What the n-th run tells: all that the version has more than the one before is one archive. */
function packedAs(
  n: number,
  offset: number,
  { torrent: { dataBytes, infoHash } }: TorrentFixture,
): Awaited<ReturnType<ArchivingPorts['pack']>> {
  const archives = packed(n).archives.map((one) => ({ ...one, offset, rawBytes: dataBytes - offset, paddingBytes: 0 }))
  const archive = { ...packed(n), archives, generation: 0, dataBytes, indexBytes: INDEX_BYTES, infoHash }
  return ok({ type: 'CREATED', archive })
}
