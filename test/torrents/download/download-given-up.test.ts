import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import type { Download, TorrentToDownload } from '../../../src/torrents/client/download.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { createFetchedFiles, heldPiecesOf, magnetOf } from '../../support/fetched-files.ts'
import { startHostileSupplier } from '../../support/hostile-supplier.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { startPlainSeeder } from '../../support/plain-seeder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

/** A file of which Linux says at every write that no space is left. */
const FULL_DISK = '/dev/full'
const OK = { ok: true, value: undefined }
const ALL = [{ from: 0, to: 5 }]

let client: TorrentClient
let torrent: TorrentFixture
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seedbank-'))
  torrent = writeTorrentFixture(folder, { seed: 3, dataPieces: 4, indexBytes: 300 })
  // In plain text, as hostile peers are that simple.
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, encryption: 'OFF' })
  return async () => {
    await client.stop()
    rmSync(folder, { recursive: true })
  }
})

function open(wanted: TorrentToDownload): Download {
  const download = client.openDownload(wanted)
  onTestFinished(async () => download.close())
  return download
}

function refusal(code: string): object {
  return { ok: false, error: { code } }
}

describe('a download that does not get on says why', () => {
  test('no peer; then one that knows nothing; then one that has nothing; and goes on with the next', async () => {
    const files = createFetchedFiles()
    const nobody = open(magnetOf(torrent))
    expect(await nobody.metadata({ timeoutMs: 200 })).toEqual(refusal('NO_PEERS'))
    await nobody.close()
    const silent = await startHostileSupplier(torrent, 'SILENT')
    const download = open(magnetOf(torrent, silent.address))
    expect(await download.metadata({ timeoutMs: 400 })).toEqual(refusal('NO_METADATA'))

    const empty = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { pieces: [] })
    await download.close()
    const again = open(magnetOf(torrent, empty.address))
    expect(await again.metadata()).toMatchObject({ ok: true })
    expect(await again.fetch({ files, pieces: ALL, stallMs: 400 })).toEqual(refusal('PEERS_WITHOUT_PIECES'))
  })

  test('peers that have the pieces and do not give them', async () => {
    const never = new Promise(() => undefined)
    const stuck = await startPlainSeeder(torrent.torrentFile, torrent.bytes, { beforeBlock: () => never })
    const download = open(magnetOf(torrent, stuck.address))
    const wanted = { files: createFetchedFiles(), pieces: ALL, stallMs: 400 }
    expect(await download.fetch(wanted)).toEqual(refusal('STALLED'))
    await expect.poll(() => download.stats().peers).toBe(1)
    const abort = AbortSignal.timeout(50)
    expect(await download.fetch({ ...wanted, stallMs: 60_000 }, { signal: abort })).toEqual(refusal('ABORTED'))
    const closing = download.fetch({ ...wanted, stallMs: 60_000 })
    await download.close()
    expect(await closing).toEqual(refusal('ABORTED'))
    expect(existsSync(wanted.files.indexPath)).toBe(true)
    expect(readFileSync(wanted.files.indexPath)).toHaveLength(0)
  })

  test('a folder that is missing', async () => {
    const files = createFetchedFiles()
    rmSync(dirname(files.dataPath), { recursive: true })
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const fetched = open(magnetOf(torrent, seeder.address)).fetch({ files, pieces: ALL })
    expect(await fetched).toEqual(refusal('FILES_MISSING'))
  })

  test.skipIf(!existsSync(FULL_DISK))('a disk that is full', async () => {
    const files = createFetchedFiles()
    symlinkSync(FULL_DISK, files.indexPath)
    const seeder = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
    const download = open(magnetOf(torrent, seeder.address))
    expect(await download.fetch({ files, pieces: [{ from: 4, to: 5 }] })).toEqual(refusal('DISK_FULL'))
    expect(await download.fetch({ files, pieces: ALL })).toEqual(refusal('DISK_FULL'))
  })
})

describe('a download among hostile peers', () => {
  test.each([
    ['WRONG_METADATA', [1]],
    // It is left at its first answers, maybe before it has read what it was asked besides.
    ['METADATA_WITHOUT_END', [1, 2]],
    ['HUGE_METADATA', [0]],
    ['WRONG_PIECES', [1]],
  ] as const)(
    'leaves one that gives %s after it was asked %j times, and takes all from another',
    async (manner, asked) => {
      const files = createFetchedFiles()
      const hostile = await startHostileSupplier(torrent, manner)
      const download = open(magnetOf(torrent, hostile.address))
      const fetched = download.fetch({ files, pieces: ALL, stallMs: 5_000 })
      await hostile.left
      expect(asked).toContain(hostile.asked())
      const good = await startPlainSeeder(torrent.torrentFile, torrent.bytes)
      good.dial(client.port)
      expect(await fetched).toEqual(OK)
      await download.close()
      expect(readFileSync(files.dataPath).equals(torrent.bytes.subarray(0, 4 * PIECE_BYTES))).toBe(true)
      expect(await heldPiecesOf(files, torrent)).toEqual([0, 1, 2, 3])
    },
  )

  test('is told of metadata that is longer than any that is taken', async () => {
    const hostile = await startHostileSupplier(torrent, 'HUGE_METADATA')
    const download = open(magnetOf(torrent, hostile.address))
    expect(await download.metadata({ timeoutMs: 500 })).toEqual(refusal('METADATA_TOO_LARGE'))
  })
})
