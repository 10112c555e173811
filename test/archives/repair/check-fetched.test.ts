import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataPathOf, heldPathOf, indexPathOf, torrentPathOf } from '../../../src/archives/archive-paths.ts'
import { checkFetched } from '../../../src/archives/repair/check-fetched.ts'
import type { FetchedVersion } from '../../../src/archives/repair/fetched-version.ts'
import type { ArchiveId } from '../../../src/domain/archive.ts'
import type { Damage } from '../../../src/domain/damage.ts'
import { torrentFileOf } from '../../../src/formats/torrent-file.ts'
import { flipByte } from '../../support/file-damage.ts'
import { PUBLISHED_BY, publishArchives, SHORT_PIECE, SOME_METADATA } from '../../support/published-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

/** Three archives of two pieces each, as published. */
const VERSION = publishArchives(
  ['a', 'b', 'c'].map((letter) => ({ metadata: SOME_METADATA, raw: Buffer.alloc(SHORT_PIECE + 10, letter) })),
)
const { torrent, infoHash, archives } = VERSION
const [first, second] = archives.map(({ id }) => id)

interface FetchedFiles {
  readonly fetched: FetchedVersion
  readonly paths: Readonly<Record<'data' | 'held' | 'index' | 'torrent', string>>
  /** What a check says is damaged. */
  readonly check: (recorded?: number) => Damage | null
  /** Which pieces of the torrent are noted as held. */
  readonly noted: () => readonly number[]
}

/** A version of which these pieces are held. */
function writeFetched(pieces: readonly number[] = [0, 1, 2, 3]): FetchedFiles {
  const archivesDir = createTemporaryFolder()
  const paths = {
    data: dataPathOf(archivesDir, PUBLISHED_BY, 2),
    held: heldPathOf(archivesDir, PUBLISHED_BY, 2),
    index: indexPathOf(archivesDir, PUBLISHED_BY, infoHash),
    torrent: torrentPathOf(archivesDir, PUBLISHED_BY, infoHash),
  }
  mkdirSync(dirname(paths.index), { recursive: true })
  const [data, held] = [Buffer.alloc(VERSION.data.length), Buffer.alloc(6 * 20)]
  for (const piece of pieces) {
    const [from, to] = [piece * SHORT_PIECE, (piece + 1) * SHORT_PIECE]
    data.set(VERSION.data.subarray(from, to), from)
    held.set(torrent.pieces.subarray(piece * 20, (piece + 1) * 20), piece * 20)
  }
  writeFileSync(paths.data, data)
  writeFileSync(paths.held, held)
  writeFileSync(paths.index, VERSION.index)
  writeFileSync(paths.torrent, torrentFileOf(torrent, []))
  const version = { infoHash, generation: 2, dataBytes: torrent.dataBytes, indexBytes: torrent.indexBytes }
  const entries = archives.map(({ sizeBytes, ...entry }) => {
    return { entry: { ...entry, rawBytes: sizeBytes - entry.paddingBytes } }
  })
  const fetched = { archivesDir, communityId: PUBLISHED_BY, version, archives: entries, pieceBytes: SHORT_PIECE }
  return {
    fetched,
    paths,
    check: (recorded = 2) => valueOf(checkFetched({ ...fetched, archives: entries.slice(0, recorded) })).damage,
    noted() {
      const notes = readFileSync(paths.held)
      return [0, 1, 2, 3, 4, 5].filter((piece) => {
        const hash = torrent.pieces.subarray(piece * 20, (piece + 1) * 20)
        return Buffer.compare(notes.subarray(piece * 20, (piece + 1) * 20), hash) === 0
      })
    },
  }
}

const NO_DAMAGE = { pieces: [], pieceCount: 0, archives: [], index: false, torrentFile: false }

describe('checking a version that was fetched', () => {
  test('finds nothing where all that is recorded is here, and changes nothing', () => {
    const { check, paths, noted } = writeFetched()
    const before = readFileSync(paths.held)
    expect(check()).toBeNull()
    expect(readFileSync(paths.held)).toEqual(before)
    expect(noted()).toEqual([0, 1, 2, 3])
  })

  test('strikes a piece that is damaged, and names it and its archive', () => {
    const { check, paths, noted } = writeFetched()
    flipByte(paths.data, 3 * SHORT_PIECE + 5)
    const damage = { ...NO_DAMAGE, pieces: [{ from: 3, to: 4 }], pieceCount: 1, archives: [second] }
    expect(check()).toEqual(damage)
    expect(noted()).toEqual([0, 1, 2])
    // It is missing from then on.
    expect(check()).toEqual(damage)
  })

  test('strikes a damaged piece of an archive that is not all here, which is no damage', () => {
    const { check, paths, noted } = writeFetched([0, 1, 2, 3, 4])
    flipByte(paths.data, 4 * SHORT_PIECE)
    expect(check()).toBeNull()
    expect(noted()).toEqual([0, 1, 2, 3])
  })

  test('notes again what is here, where the note was lost', () => {
    const { check, paths, noted } = writeFetched()
    rmSync(paths.held)
    flipByte(paths.data, 0)
    expect(check()).toEqual({ ...NO_DAMAGE, pieces: [{ from: 0, to: 1 }], pieceCount: 1, archives: [first] })
    expect(noted()).toEqual([1, 2, 3])
  })

  test('finds that data was cut short, or is gone', () => {
    const { check, paths, noted } = writeFetched()
    writeFileSync(paths.data, VERSION.data.subarray(0, 2 * SHORT_PIECE + 1))
    expect(check()).toMatchObject({ pieces: [{ from: 2, to: 4 }], archives: [second] })
    rmSync(paths.data)
    expect(check()).toMatchObject({ pieces: [{ from: 0, to: 4 }], pieceCount: 4, archives: [first, second] })
    expect(noted()).toEqual([])
  })

  test('leaves alone what is held of another version, and expects nothing in its place', () => {
    const { check, paths } = writeFetched()
    const other = publishArchives([{ metadata: SOME_METADATA, raw: Buffer.alloc(10, 'z') }])
    const [data, held] = [readFileSync(paths.data), readFileSync(paths.held)]
    data.set(other.data, 3 * SHORT_PIECE)
    held.set(other.torrent.pieces.subarray(0, 20), 3 * 20)
    writeFileSync(paths.data, data)
    writeFileSync(paths.held, held)
    expect(check()).toBeNull()
    expect(readFileSync(paths.held)).toEqual(held)
  })

  test('expects no archive that the index of the version does not name', () => {
    const { fetched } = writeFetched()
    const { archives: all } = fetched
    const last = all.slice(2)
    const unnamed = last.map(({ entry }) => ({ entry: { ...entry, id: `0x${'ee'.repeat(32)}` as ArchiveId } }))
    expect(valueOf(checkFetched({ ...fetched, archives: last })).damage).toMatchObject({ pieceCount: 2 })
    expect(valueOf(checkFetched({ ...fetched, archives: unnamed })).damage).toBeNull()
  })

  test('finds an index that is damaged, or gone, and cuts one that is too long', () => {
    const { check, paths } = writeFetched()
    appendFileSync(paths.index, 'more')
    expect(check()).toBeNull()
    expect(readFileSync(paths.index)).toEqual(Buffer.from(VERSION.index))
    flipByte(paths.index, 1)
    const damage = { ...NO_DAMAGE, pieces: [{ from: 6, to: 7 }], pieceCount: 1, index: true }
    expect(check()).toMatchObject({ ...damage, pieces: expect.any(Array), pieceCount: expect.any(Number) })
    rmSync(paths.index)
    expect(check()).toMatchObject({ archives: [], index: true, torrentFile: false })
  })

  test('checks by the note alone what the torrent file is missing for', () => {
    const { check, paths, noted } = writeFetched()
    rmSync(dirname(paths.torrent), { recursive: true })
    writeFileSync(dirname(paths.torrent), 'no folder')
    flipByte(paths.data, 0)
    expect(check()).toMatchObject({ archives: [first], index: true, torrentFile: true })
    expect(noted()).toEqual([1, 2, 3])
    // What is fetched again has its place.
    expect(existsSync(dirname(paths.torrent))).toBe(false)
  })
})
