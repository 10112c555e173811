import { describe, expect, test } from 'vitest'
import { isArchiveHeld, missingPieces, selectArchives } from '../../../src/archives/receiving/select-archives.ts'
import type { ArchiveId, FetchedArchive } from '../../../src/domain/archive.ts'
import type { Selection } from '../../../src/domain/selection.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'

const PIECE = 100

function archive(id: string, from: number, to: number, firstPiece: number, pieces: number): FetchedArchive {
  const place = { offset: firstPiece * PIECE, sizeBytes: pieces * PIECE, paddingBytes: 1 }
  return { id: id as ArchiveId, from: from as UnixSeconds, to: to as UnixSeconds, ...place }
}

/** Two weeks, the second in two chunks, and one of late messages of the first. */
const ARCHIVES = [
  archive('first', 0, 7, 0, 2),
  archive('second, one', 7, 14, 2, 3),
  archive('second, two', 7, 14, 5, 1),
  archive('late', 3, 5, 6, 1),
]

function selected(selection: Selection, ...held: readonly number[]): readonly string[] {
  return selectArchives(ARCHIVES, selection, (piece) => held.includes(piece), PIECE).map(({ id }) => id)
}

function range(from: number, to: number): Selection {
  return { mode: 'RANGE', from: from as UnixSeconds, to: to as UnixSeconds }
}

describe('selecting archives', () => {
  test('takes all that are not all here', () => {
    expect(selected({ mode: 'ALL_MISSING' })).toEqual(['first', 'second, one', 'second, two', 'late'])
    expect(selected({ mode: 'ALL_MISSING' }, 0, 1, 2, 3, 6)).toEqual(['second, one', 'second, two'])
    expect(selected({ mode: 'ALL_MISSING' }, 0, 1, 2, 3, 4, 5, 6)).toEqual([])
  })

  test('takes every chunk of the latest range', () => {
    expect(selected({ mode: 'LATEST' })).toEqual(['second, one', 'second, two'])
    expect(selected({ mode: 'LATEST' }, 5)).toEqual(['second, one'])
    expect(selectArchives([], { mode: 'LATEST' }, () => false, PIECE)).toEqual([])
  })

  test('takes those that have a second of the range', () => {
    expect(selected(range(0, 3))).toEqual(['first'])
    expect(selected(range(4, 7))).toEqual(['first', 'late'])
    expect(selected(range(6, 8))).toEqual(['first', 'second, one', 'second, two'])
    expect(selected(range(14, 99))).toEqual([])
  })
})

describe('missing pieces', () => {
  test('are merged where they touch, in whatever order the archives come', () => {
    const missing = missingPieces(ARCHIVES.toReversed(), (piece) => piece === 1 || piece === 5, PIECE)
    expect(missing).toEqual([
      { from: 0, to: 1 },
      { from: 2, to: 5 },
      { from: 6, to: 7 },
    ])
  })

  test('are none where all is here', () => {
    expect(missingPieces(ARCHIVES, () => true, PIECE)).toEqual([])
    expect(ARCHIVES.map((each) => isArchiveHeld(each, (piece) => piece < 6, PIECE))).toEqual([true, true, true, false])
  })
})
