import { createHash } from 'node:crypto'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import bencode from 'bencode'
import { expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { parseInfoHash } from '../../../src/domain/info-hash.ts'
import { CHECKED_AT_ONCE, type TorrentToServe } from '../../../src/torrents/client/torrent-to-serve.ts'
import { createSeeder, type Seeder } from '../../../src/torrents/seeder/seeder.ts'
import { downloadOf, writeDamagedTorrent } from '../../support/damaged-torrent.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'
import { valueOf } from '../../support/value-of.ts'

/** Enough to hash for many turns of the event loop. */
const MANY_PIECES = 250

test('while many torrents are checked, others are dropped and fetched at once, and one more to serve is told to wait', async () => {
  const seeder = await startSeeder()
  const served = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 2, indexBytes: 300 }).torrent
  await seeder.serve(served, () => expect.fail())
  const log: string[] = []
  const checks = writeZeros(CHECKED_AT_ONCE).map(async (torrent) => {
    await seeder.serve(torrent, () => expect.fail())
    log.push('checked')
  })
  const one = writeTorrentFixture(createTemporaryFolder(), { seed: 2, dataPieces: 2, indexBytes: 300 }).torrent
  const waited = seeder.serve(one, (isWaiting) => log.push(`waits: ${isWaiting}`))

  await seeder.drop(served.infoHash)
  log.push('dropped')
  const { torrent, ...wanted } = downloadOf(writeDamagedTorrent(), { stallMs: 1 })
  const download = seeder.downloads.open(torrent)
  const fetched = download.fetch(wanted, { signal: new AbortController().signal })
  await expect(fetched).rejects.toMatchObject({ code: 'NO_PEERS' })
  await seeder.downloads.close(download)
  log.push('fetched')
  await Promise.all([...checks, waited])
  expect(log.slice(0, 3)).toEqual(['waits: true', 'dropped', 'fetched'])
  expect(log.slice(3).toSorted()).toEqual([...checks.map(() => 'checked'), 'waits: false'])
})

async function startSeeder(): Promise<Seeder> {
  const seeder = await createSeeder(LOOPBACK_TORRENT_CLIENT, {
    onFailed: () => expect.fail(),
    onGone: () => expect.fail(),
    onStampFailed: () => expect.fail(),
    onOffence: () => undefined,
    onSourceFailed: () => expect.unreachable(),
  })
  onTestFinished(() => seeder.close())
  return seeder
}

/** Torrents of the same zeros, which take no room on the disk. */
function writeZeros(count: number): readonly TorrentToServe[] {
  const folder = createTemporaryFolder()
  const dataBytes = MANY_PIECES * PIECE_BYTES
  const [dataPath, indexPath] = [join(folder, 'data.0'), join(folder, 'index')]
  for (const [path, bytes] of [
    [dataPath, dataBytes],
    [indexPath, PIECE_BYTES],
  ] as const) {
    writeFileSync(path, '')
    truncateSync(path, bytes)
  }
  const hash = createHash('sha1').update(Buffer.alloc(PIECE_BYTES)).digest()
  return Array.from({ length: count }, (_, each) => {
    const { communityId } = writeTorrentFixture(folder, { seed: each + 1, dataPieces: 0, indexBytes: 1 }).torrent
    const info = {
      files: [
        { length: dataBytes, path: ['data'] },
        { length: PIECE_BYTES, path: ['index'] },
      ],
      name: communityId,
      'piece length': PIECE_BYTES,
      pieces: Buffer.concat(Array.from({ length: MANY_PIECES + 1 }, () => hash)),
    }
    const infoHash = valueOf(parseInfoHash(createHash('sha1').update(bencode.encode(info)).digest('hex')))
    const version = join(folder, infoHash)
    mkdirSync(version)
    const [torrentPath, stampPath] = [join(version, 'torrent'), join(version, 'stamp')]
    writeFileSync(torrentPath, bencode.encode({ 'announce-list': [], info }))
    return {
      communityId,
      infoHash,
      torrentPath,
      dataPath,
      dataBytes,
      indexPath,
      stampPath,
      heldPath: null,
      trackers: [],
      trustedTrackers: [],
      check: 'WHOLE',
    }
  })
}
