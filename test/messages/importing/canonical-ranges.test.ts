import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArchiveId } from '../../../src/domain/archive.ts'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import {
  findCanonicalRanges,
  type CanonicalRange,
  type IndexedArchive,
} from '../../../src/messages/importing/canonical-ranges.ts'
import { sampleArchive } from '../../support/sample-archive.ts'
import { SAMPLE_TOPIC } from '../../support/sample-message.ts'
import { TOPICS } from '../../support/temporary-message-store.ts'

const LAST_SECOND = 12

function archive(n: number, from: number, to: number, topics?: readonly ContentTopic[]): IndexedArchive {
  const { messages: _, ...indexed } = sampleArchive(n, [from, to], [], topics)
  return indexed
}

/** The ranges once `newest` is imported, all archives but `missing` being imported too. */
function rangesOf(
  index: readonly IndexedArchive[],
  newest: IndexedArchive,
  missing: readonly IndexedArchive[] = [],
): readonly CanonicalRange[] {
  const ids = new Set(missing.map(({ id }) => id))
  return findCanonicalRanges(index, (id) => !ids.has(id), new Set([newest.id]))
}

describe('canonical ranges', () => {
  test('are those of the archive and its neighbours, as far as all that overlap them are imported', () => {
    const [one, two, three, four] = [archive(1, 0, 5), archive(2, 4, 8), archive(3, 7, 9), archive(4, 9, 12)]
    const index = [one, two, three, four]

    expect(rangesOf(index, two)).toEqual([{ from: 0, to: 9, topics: [SAMPLE_TOPIC] }])
    expect(rangesOf(index, two, [three])).toEqual([{ from: 0, to: 5, topics: [SAMPLE_TOPIC] }])
    expect(rangesOf(index, one, [two])).toEqual([])
    expect(rangesOf(index, three, [one])).toEqual([{ from: 7, to: 9, topics: [SAMPLE_TOPIC] }])
    expect(rangesOf(index, four, [one, two, three])).toEqual([{ from: 9, to: 12, topics: [SAMPLE_TOPIC] }])
  })

  test('are none of an archive without a second, of one that the index does not name, or that is not imported', () => {
    const [one, empty, stranger] = [archive(1, 0, 5), archive(2, 3, 3), archive(3, 0, 5)]

    expect(rangesOf([one, empty], empty)).toEqual([])
    expect(rangesOf([one, empty], one, [empty])).toEqual([{ from: 0, to: 5, topics: [SAMPLE_TOPIC] }])
    expect(rangesOf([one], stranger)).toEqual([])
    expect(rangesOf([one], one, [one])).toEqual([])
  })

  test('have no second and topic twice, and are those that a second look at each pair of archives gives', () => {
    const second = fc.nat(LAST_SECOND)
    const drawn = fc.tuple(second, second, fc.subarray(TOPICS), fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 7 }), (archives) => {
        const index = archives.map(([one, other, topics], n) =>
          archive(n, Math.min(one, other), Math.max(one, other), topics),
        )
        const idsWhere = (isSo: (drawn: (typeof archives)[number]) => boolean): ReadonlySet<ArchiveId> =>
          new Set(index.filter((_, n) => isSo(archives[n] ?? [0, 0, [], false, false])).map(({ id }) => id))
        const imported = idsWhere(([, , , isImported]) => isImported)
        const justImported = idsWhere(([, , , isImported, isNew]) => isImported && isNew)

        const found = findCanonicalRanges(index, (id) => imported.has(id), justImported).flatMap(cellsOf)

        expect(found.toSorted()).toEqual(cellsByPairs(index, imported, justImported).toSorted())
      }),
      { numRuns: 500 },
    )
  })

  test('of as many archives as an index can hold, all over each other, are found in a moment', () => {
    const index = Array.from({ length: 65_536 }, (_, n) => archive(n, n, n + 65_536))
    const ids = new Set(index.map(({ id }) => id))
    const since = performance.now()

    expect(findCanonicalRanges(index, () => true, ids)).toHaveLength(1)
    expect(performance.now() - since).toBeLessThan(10_000)
  })
})

/** Each second and topic of a range. */
function cellsOf({ from, to, topics }: CanonicalRange): readonly string[] {
  return secondsOf({ from, to }).flatMap((second) => topics.map((topic) => `${second} ${topic}`))
}

function secondsOf({ from, to }: Pick<IndexedArchive, 'from' | 'to'>): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function cellsByPairs(
  index: readonly IndexedArchive[],
  imported: ReadonlySet<ArchiveId>,
  justImported: ReadonlySet<ArchiveId>,
): readonly string[] {
  const overlapping = (one: IndexedArchive): readonly IndexedArchive[] =>
    index.filter((other) => secondsOf(one).some((second) => second >= other.from && second < other.to))
  const complete = index.filter((one) => {
    const near = overlapping(one)
    return near.some(({ id }) => justImported.has(id)) && near.every(({ id }) => imported.has(id))
  })
  return [...new Set(complete.flatMap((one) => cellsOf({ ...one, topics: one.contentTopics })))]
}
