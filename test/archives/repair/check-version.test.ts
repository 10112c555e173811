import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkVersion, type CheckedVersion } from '../../../src/archives/repair/check-version.ts'
import type { RecordedVersion } from '../../../src/archives/repair/recorded-version.ts'
import { flipByte, lengthen } from '../../support/file-damage.ts'
import {
  archiveAt,
  historyOnDisk,
  pathsOf,
  PIECE_LENGTH as PIECE,
  type PathName,
} from '../../support/recorded-history.ts'
import { valueOf } from '../../support/value-of.ts'

function pack() {
  const { first, second } = historyOnDisk()
  const dataPieces = second.version.dataBytes / PIECE
  const indexPieces = Math.ceil(second.version.indexBytes / PIECE)
  return { first, second, paths: pathsOf(second), dataPieces, indexPieces, pieces: dataPieces + indexPieces }
}

function check(recorded: RecordedVersion): CheckedVersion {
  return valueOf(checkVersion(recorded))
}

describe('checking a version', () => {
  test('finds nothing where all is as it was recorded, and tells how far it has come', () => {
    const { first, second, pieces } = pack()
    const progress: (readonly [number, number])[] = []
    const onProgress = (done: number, total: number): void => void progress.push([done, total])
    expect(valueOf(checkVersion(second, { onProgress }))).toEqual({ pieces, damage: null })
    const total = second.version.dataBytes + second.version.indexBytes
    expect(progress).toHaveLength(pieces)
    expect(progress.at(0)).toEqual([PIECE, total])
    expect(progress.at(-1)).toEqual([total, total])
    // The first shares `data`, which goes on after its end.
    expect(check(first).damage).toBeNull()
  })

  test('names exactly the bad pieces, and the archives that they belong to, padding included', () => {
    const { second, paths, dataPieces } = pack()
    const [one, other] = [archiveAt(second, 0), archiveAt(second, 7)]
    flipByte(paths.data, 0)
    flipByte(paths.data, 2 * PIECE - 1)
    flipByte(paths.data, other.offset + other.rawBytes + other.paddingBytes - 1)
    flipByte(paths.index, PIECE)
    const last = (other.offset + other.rawBytes + other.paddingBytes) / PIECE
    expect(other.paddingBytes).toBeGreaterThan(0)
    expect(check(second).damage).toEqual({
      pieces: [
        { from: 0, to: 2 },
        { from: last - 1, to: last },
        { from: dataPieces + 1, to: dataPieces + 2 },
      ],
      pieceCount: 4,
      archives: [one.id, other.id],
      index: true,
      torrentFile: false,
    })
  })

  test('takes all pieces that data is too short for as bad', () => {
    const { first, second, paths, dataPieces } = pack()
    truncateSync(paths.data, first.version.dataBytes - 1)
    const from = first.version.dataBytes / PIECE - 1
    expect(check(second).damage).toMatchObject({
      pieces: [{ from, to: dataPieces }],
      archives: second.archives.slice(5).map(({ entry }) => entry.id),
    })
    expect(check(first).damage).toMatchObject({ pieceCount: 1, archives: [archiveAt(first, -1).id] })
  })

  test('finds an index that is too long, though all its pieces are right', () => {
    const { second, paths } = pack()
    lengthen(paths.index)
    expect(check(second).damage).toEqual({ pieces: [], pieceCount: 0, archives: [], index: true, torrentFile: false })
  })

  const WAYS_TO_BE_NO_FILE: readonly [string, (path: string) => void][] = [
    ['missing', () => undefined],
    ['a folder', (path) => mkdirSync(path)],
    ['a link to nowhere', (path) => symlinkSync(`${path}.gone`, path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
  ]

  test.each(WAYS_TO_BE_NO_FILE)('takes a file as damaged that is %s', (_, replace) => {
    const { second, paths, dataPieces, indexPieces, pieces } = pack()
    const damageOf = (name: PathName): unknown => {
      rmSync(paths[name])
      replace(paths[name])
      return check(second).damage
    }
    expect(damageOf('torrent')).toEqual({ pieces: [], pieceCount: 0, archives: [], index: false, torrentFile: true })
    expect(damageOf('index')).toMatchObject({ pieceCount: indexPieces, index: true, torrentFile: true })
    expect(damageOf('data')).toMatchObject({
      pieces: [{ from: 0, to: pieces }],
      pieceCount: dataPieces + indexPieces,
      archives: second.archives.map(({ entry }) => entry.id),
    })
  })

  test('does so for all of them where the folder of the community is gone', () => {
    const { second, paths, pieces } = pack()
    rmSync(paths.community, { recursive: true })
    expect(check(second).damage).toMatchObject({ pieceCount: pieces, index: true, torrentFile: true })
  })

  test.each<[string, (paths: Readonly<Record<PathName, string>>) => void]>([
    ['missing', ({ torrent }) => rmSync(torrent)],
    ['of another torrent', ({ torrent }) => flipByte(torrent, readFileSync(torrent).indexOf('6:pieces') + 20)],
    ['cut short', ({ torrent }) => truncateSync(torrent, 100)],
  ])('goes by the log where the torrent file is %s', (_, damage) => {
    const { second, paths } = pack()
    damage(paths)
    expect(check(second).damage).toEqual({ pieces: [], pieceCount: 0, archives: [], index: false, torrentFile: true })
    const [one, other] = [archiveAt(second, 1), archiveAt(second, 3)]
    flipByte(paths.data, one.offset)
    flipByte(paths.data, other.offset + other.rawBytes)
    flipByte(paths.index, 0)
    const sizes = [one, other].map(({ rawBytes, paddingBytes }) => (rawBytes + paddingBytes) / PIECE)
    expect(check(second).damage).toMatchObject({
      pieceCount: sizes.reduce((sum, size) => sum + size) + 1,
      archives: [one.id, other.id],
      index: true,
      torrentFile: true,
    })
  })
})
