import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { wholeStampOf, type FileStats, type VersionStats } from '../../../src/formats/check-stamp.ts'
import { awaitNextTick } from '../../../src/torrents/seeder/check-stamp.ts'
import { openChecked } from '../../../src/torrents/seeder/checked-files.ts'
import { createSharedFiles } from '../../../src/torrents/seeder/shared-file.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { countingReads } from '../../support/counting-reads.ts'
import { promisedMs } from '../../support/promised-ms.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

type Torrent = TorrentFixture['torrent']
type Check = Torrent['check']

const SHAPE = { seed: 1, dataPieces: 2, indexBytes: 300 }

function fixture(): TorrentFixture {
  return writeTorrentFixture(createTemporaryFolder(), SHAPE)
}

/** A seeder's look at the files after a restart: with descriptors of its own, counting what it reads of data and index. */
async function check(
  torrent: Torrent,
  how: Check,
  onRead: () => void = () => undefined,
): Promise<{ readBytes: number; stampFailures: readonly unknown[] }> {
  const stampFailures: unknown[] = []
  let readBytes = 0
  const shared = countingReads(createSharedFiles(), (bytes) => {
    readBytes += bytes
    onRead()
  })
  const ports = { shared, onStampFailed: (_infoHash: string, error: unknown) => void stampFailures.push(error) }
  const { files } = await openChecked(ports, { ...torrent, check: how })
  await files.close()
  return { readBytes, stampFailures }
}

const NOTHING = { readBytes: 0, stampFailures: [] }
const WHOLE = { readBytes: SHAPE.dataPieces * PIECE_BYTES + SHAPE.indexBytes, stampFailures: [] }

describe('files that were hashed and found good', () => {
  test('are not hashed again, as long as they do not change', async () => {
    const { torrent } = fixture()
    expect(await check(torrent, 'WHOLE')).toEqual(WHOLE)
    for (let restart = 0; restart < 3; restart += 1) expect(await check(torrent, 'IF_CHANGED')).toEqual(NOTHING)
  })

  test('are hashed again where that is asked for', async () => {
    const { torrent } = fixture()
    await check(torrent, 'WHOLE')
    expect(await check(torrent, 'WHOLE')).toEqual(WHOLE)
  })

  test.each<[what: string, touch: (torrent: Torrent) => void]>([
    ['data has grown', ({ dataPath }) => appendFileSync(dataPath, 'the next version')],
    ['data was cut back to its length', ({ dataPath, dataBytes }) => truncateSync(dataPath, dataBytes)],
    ['index was written again', ({ indexPath }) => writeFileSync(indexPath, readFileSync(indexPath))],
    ['index is another file', ({ indexPath }) => exchange(indexPath)],
    ['data is another file', ({ dataPath }) => exchange(dataPath)],
    ['the torrent file is another file', ({ torrentPath }) => exchange(torrentPath)],
    ['a time was set', ({ dataPath }) => utimesSync(dataPath, 1, 1)],
    ['the stamp is gone', ({ stampPath }) => rmSync(stampPath)],
    ['the stamp was cut', ({ stampPath }) => truncateSync(stampPath, 50)],
  ])('are hashed once more where %s', async (_what, touch) => {
    const { torrent } = fixture()
    await check(torrent, 'WHOLE')
    touch(torrent)
    expect(await check(torrent, 'IF_CHANGED')).toEqual(WHOLE)
    expect(await check(torrent, 'IF_CHANGED')).toEqual(NOTHING)
  })

  test.each(['', '.partial'])('are served though that cannot be noted down, which is told (stamp%s)', async (end) => {
    const { torrent } = fixture()
    mkdirSync(torrent.stampPath + end)
    for (const how of ['WHOLE', 'IF_CHANGED'] as const) {
      const { readBytes, stampFailures } = await check(torrent, how)
      expect({ readBytes, failures: stampFailures.length }).toEqual({ readBytes: WHOLE.readBytes, failures: 1 })
    }
  })

  test('but changed while they were hashed, get no stamp', async () => {
    const { torrent } = fixture()
    await check(torrent, 'WHOLE', () => writeFileSync(torrent.indexPath, readFileSync(torrent.indexPath)))
    expect(existsSync(torrent.stampPath)).toBe(false)
    expect(await check(torrent, 'IF_CHANGED')).toEqual(WHOLE)
  })
})

describe('files that are damaged', () => {
  test.each<[what: string, path: (torrent: Torrent) => string]>([
    ['data', ({ dataPath }) => dataPath],
    ['index', ({ indexPath }) => indexPath],
    ['torrent file', ({ torrentPath }) => torrentPath],
  ])('are found by a change of the %s, though its length and times are as they were', async (_what, path) => {
    const { torrent } = fixture()
    await check(torrent, 'WHOLE')
    flipByteUnseen(path(torrent), 40)
    await expect(check(torrent, 'IF_CHANGED')).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
    await expect(check(torrent, 'IF_CHANGED')).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })

  test('are not trusted any more, though nothing but their bytes has changed', async () => {
    const { torrent } = fixture()
    await check(torrent, 'WHOLE')
    flipByteUnseen(torrent.dataPath, 9)
    writeFileSync(torrent.stampPath, wholeStampOf(statsOf(torrent), torrent.dataBytes))
    expect(await check(torrent, 'IF_CHANGED')).toEqual(NOTHING) // What a bad disk changes, no stamp tells.
    await expect(check(torrent, 'WHOLE')).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
    await expect(check(torrent, 'IF_CHANGED')).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })
})

describe('before files are hashed', () => {
  const at = (changedAt: number): FileStats => {
    const time = BigInt(changedAt) * 1_000_000n
    return { size: 1n, mtimeNs: time, ctimeNs: time, ino: 1n, dev: 1n }
  }

  test('the tick of the clock in which they changed has to pass', async () => {
    const now = Date.now()
    const changedAt = now % 1_000 === 0 ? now + 1 : now // Whole seconds are kept by file systems with longer ticks.
    await awaitNextTick({ data: at(1_000_001), index: at(changedAt), torrent: at(1_000_001) })
    // A timer may fire within the millisecond before.
    expect(Date.now()).toBeGreaterThanOrEqual(changedAt + 19)
  })

  test('there is nothing to wait for where they changed long ago', async () => {
    const before = performance.now()
    await awaitNextTick({ data: at(1_000_000), index: at(1_000_001), torrent: at(1_000_001) })
    expect(performance.now() - before).toBeLessThan(promisedMs(1_000))
  })
})

function statsOf({ dataPath, indexPath, torrentPath }: Torrent): VersionStats {
  const [data, index, torrent] = [dataPath, indexPath, torrentPath].map((path) => statSync(path, { bigint: true }))
  if (!data || !index || !torrent) throw new Error('Expected three files')
  return { data, index, torrent }
}

/** Puts an equal copy in the place of a file. */
function exchange(path: string): void {
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
}
