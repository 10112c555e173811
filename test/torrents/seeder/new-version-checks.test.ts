import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nodeFileSteps, type FileSteps } from '../../../src/archives/file-steps.ts'
import type { PackingSurroundings } from '../../../src/archives/packing/pack-archives.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { dataStampOf, wholeStampOf } from '../../../src/formats/check-stamp.ts'
import type { TorrentToServe } from '../../../src/torrents/client/torrent-to-serve.ts'
import { openChecked } from '../../../src/torrents/seeder/checked-files.ts'
import { createSharedFiles } from '../../../src/torrents/seeder/shared-file.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { countingReads } from '../../support/counting-reads.ts'
import { flipByte } from '../../support/file-damage.ts'
import { createGrowingHistory, type GrownHistory } from '../../support/growing-history.ts'
import { UNSYNCED } from '../../support/unsynced-file-steps.ts'

/** Checks a torrent as a seeder does that just started, and says how many bytes of `data` and index it reads. */
async function check(torrent: TorrentToServe): Promise<number> {
  let readBytes = 0
  const shared = countingReads(createSharedFiles(), (bytes) => (readBytes += bytes))
  const onStampFailed = (_infoHash: string, error: unknown): void => expect.unreachable(String(error))
  const { files } = await openChecked({ shared, onStampFailed }, torrent)
  await files.close()
  return readBytes
}

interface Week {
  readonly old: GrownHistory
  readonly grown: GrownHistory
}

/** A week behind five others, which were served. */
async function packWeek(
  change: (old: TorrentToServe) => void,
  surroundings: PackingSurroundings = {},
  messages = 1,
): Promise<Week> {
  const history = createGrowingHistory()
  const old = history.grow(5)
  await check(old.torrent)
  change(old.torrent)
  return { old, grown: history.grow(messages, surroundings) }
}

const nothing = (): void => undefined
const newBytes = ({ old, grown }: Week): number => grown.dataBytes - old.dataBytes + grown.indexBytes

describe('a new version', () => {
  test('is hashed from where the one before ends, which was hashed and did not change', async () => {
    const week = await packWeek(nothing)
    expect(newBytes(week)).toBeLessThan(3 * PIECE_BYTES)
    expect(await check(week.grown.torrent)).toBe(newBytes(week))
    expect(await check(week.grown.torrent)).toBe(0)
  })

  test('costs no more the more there are before it, and what was not served yet is hashed with the next', async () => {
    const history = createGrowingHistory()
    const first = history.grow(3)
    await check(first.torrent)
    const [second, third] = [history.grow(1), history.grow(1)]
    expect(await check(third.torrent)).toBe(third.dataBytes - first.dataBytes + third.indexBytes)
    const fourth = history.grow(1)
    expect(await check(fourth.torrent)).toBe(fourth.dataBytes - third.dataBytes + fourth.indexBytes)
    expect(await check(second.torrent)).toBe(second.sizeBytes) // Its stamp is of another time.
  })

  test('is hashed as a whole where that is asked for', async () => {
    const { grown } = await packWeek(nothing)
    expect(await check({ ...grown.torrent, check: 'WHOLE' })).toBe(grown.sizeBytes)
  })

  test.each<[what: string, change: (torrent: TorrentToServe) => void]>([
    ['changed since it was hashed', ({ dataPath }) => writeFileSync(dataPath, readFileSync(dataPath))],
    ['was never found good', ({ stampPath }) => rmSync(stampPath)],
    ['was longer than recorded', ({ dataPath }) => writeFileSync(dataPath, 'left over', { flag: 'a' })],
    ['has half a stamp', ({ stampPath }) => truncateSync(stampPath, readFileSync(stampPath, 'utf8').indexOf('index'))],
    [
      'has a stamp of more than there is',
      ({ dataPath, dataBytes, stampPath }) => writeStampOf(dataPath, stampPath, dataBytes + PIECE_BYTES),
    ],
    ['has a stamp of less than a piece', ({ dataPath, stampPath }) => writeStampOf(dataPath, stampPath, 7)],
  ])('is hashed as a whole where the one before %s', async (_what, change) => {
    const { grown } = await packWeek(change)
    expect(await check(grown.torrent)).toBe(grown.sizeBytes)
  })

  test('is hashed as a whole where somebody wrote to the file between two writes of the run', async () => {
    let asked = 0
    let flip = nothing
    // Twelve messages are a write and the rest of them.
    const isStopped = (): boolean => {
      asked += 1
      if (asked === 12) flip()
      return false
    }
    const change = ({ dataPath }: TorrentToServe): void => void (flip = () => flipByte(dataPath, 9))
    const { grown } = await packWeek(change, { isStopped }, 12)
    await expect(check(grown.torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })

  test('is hashed as a whole where somebody wrote to the file behind the last of them', async () => {
    let flip = nothing
    const files = { ...UNSYNCED, sync: () => flip() }
    const change = ({ dataPath }: TorrentToServe): void => void (flip = () => flipByte(dataPath, 9))
    const { grown } = await packWeek(change, { files })
    await expect(check(grown.torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })

  test('is hashed as a whole where the stamp of the one before was taken away while it was packed', async () => {
    let remove = nothing
    const files = { ...UNSYNCED, sync: () => remove() }
    const { grown } = await packWeek(({ stampPath }) => (remove = () => rmSync(stampPath, { force: true })), { files })
    expect(await check(grown.torrent)).toBe(grown.sizeBytes)
  })

  test('is hashed as a whole on a disk whose clock keeps whole seconds', async () => {
    const seconds = (time: bigint): bigint => time - (time % 1_000_000_000n)
    const statsOf: FileSteps['statsOf'] = (file) => {
      const { size, mtimeNs, ctimeNs, ino, dev } = nodeFileSteps.statsOf(file)
      return { size, mtimeNs: seconds(mtimeNs), ctimeNs: seconds(ctimeNs), ino, dev }
    }
    const files = { ...UNSYNCED, statsOf }
    const stampWholeSeconds = ({ dataPath, dataBytes, stampPath }: TorrentToServe): void => {
      const file = nodeFileSteps.openToRead(dataPath)
      writeFileSync(stampPath, dataStampOf(statsOf(file), dataBytes))
      nodeFileSteps.close(file)
    }
    const { grown } = await packWeek(stampWholeSeconds, { files })
    expect(existsSync(grown.torrent.stampPath)).toBe(false)
  })
})

describe('damage of what a new version shares with the one before', () => {
  test('is found where it came before the run', async () => {
    const { grown } = await packWeek(({ dataPath }) => flipByteUnseen(dataPath, 9))
    await expect(check(grown.torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })

  test('is found where it came after the run', async () => {
    const { grown } = await packWeek(nothing)
    expect(existsSync(grown.torrent.stampPath)).toBe(true)
    flipByteUnseen(grown.torrent.dataPath, 9)
    await expect(check(grown.torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })

  test.each<[what: string, path: (torrent: TorrentToServe) => string, at: (week: Week) => number]>([
    ['the new part', ({ dataPath }) => dataPath, ({ old }) => old.dataBytes],
    ['the index', ({ indexPath }) => indexPath, () => 7],
  ])('is not all that is looked for: so is that of %s', async (_what, path, at) => {
    const week = await packWeek(nothing)
    const { torrent } = week.grown
    flipByte(path(torrent), at(week))
    writeStampOf(torrent.dataPath, torrent.stampPath, week.old.dataBytes)
    await expect(check(torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
    expect(existsSync(torrent.stampPath)).toBe(false)
  })

  test('is found where another file stands in its place', async () => {
    const { grown } = await packWeek(nothing)
    const { dataPath } = grown.torrent
    const bytes = readFileSync(dataPath)
    writeFileSync(`${dataPath}.other`, bytes.fill(1, 0, 9))
    renameSync(`${dataPath}.other`, dataPath)
    await expect(check(grown.torrent)).rejects.toMatchObject({ code: 'PIECES_DAMAGED' })
  })
})

test('a stamp of a version that was hashed says more than that of one that was packed', async () => {
  const { grown, old } = await packWeek(nothing)
  const { dataPath, indexPath, torrentPath, stampPath } = grown.torrent
  const [data, index, torrent] = [dataPath, indexPath, torrentPath].map((path) => statSync(path, { bigint: true }))
  if (!data || !index || !torrent) throw new Error('Expected three files')
  expect(readFileSync(stampPath, 'utf8')).toBe(dataStampOf(data, old.dataBytes))
  await check(grown.torrent)
  expect(readFileSync(stampPath, 'utf8')).toBe(wholeStampOf({ data, index, torrent }, grown.dataBytes))
})

function writeStampOf(dataPath: string, stampPath: string, checkedBytes: number): void {
  writeFileSync(stampPath, dataStampOf(statSync(dataPath, { bigint: true }), checkedBytes))
}
