import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import { archiveIdOfEncoding } from '../../src/archives/archive-id.ts'
import {
  decodeIndex,
  encodeIndex,
  encodeIndexMetadata,
  type IndexEntry,
  type IndexMetadata,
} from '../../src/archives/archive-index.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { arbitrarySecond, arbitraryTopic } from '../support/arbitrary-message.ts'
import { rawIndex } from '../support/raw-index.ts'
import { valueOf } from '../support/value-of.ts'

const LENGTHS = fc.record({
  sizeBytes: fc.integer({ min: 1, max: 2 ** 40 }),
  paddingBytes: fc.nat(),
  metadata: fc.record({
    from: arbitrarySecond,
    to: arbitrarySecond,
    contentTopics: fc.array(arbitraryTopic, { maxLength: 3 }),
  }),
})

/** Archives that lie in `data` one after the other. */
const ENTRIES: fc.Arbitrary<readonly IndexEntry[]> = fc.array(LENGTHS, { maxLength: 8 }).map((lengths) => {
  let end = 0
  return lengths.map(({ sizeBytes, paddingBytes, metadata }) => {
    const offset = end
    end += sizeBytes
    return withId({ metadata, offset, sizeBytes, paddingBytes: Math.min(paddingBytes, sizeBytes) })
  })
})

const METADATA: ArchiveMetadata = { from: 1 as UnixSeconds, to: 2 as UnixSeconds, contentTopics: [] }

function withId(metadata: IndexMetadata): IndexEntry {
  return { id: archiveIdOfEncoding(encodeIndexMetadata(metadata)), ...metadata }
}

function entryAt(offset: number, sizeBytes: number): IndexEntry {
  return withId({ metadata: METADATA, offset, sizeBytes, paddingBytes: 0 })
}

describe('an index', () => {
  test('comes back by offset, in whatever order it was written', () => {
    fc.assert(
      fc.property(ENTRIES, fc.boolean(), (entries, isReversed) => {
        const written = isReversed ? entries.toReversed() : entries
        const raw = rawIndex(...written.map((entry) => [entry.id, encodeIndexMetadata(entry)] as const))
        expect(valueOf(decodeIndex(raw, Number.MAX_SAFE_INTEGER))).toEqual(entries)
        expect(valueOf(decodeIndex(encodeIndex(written), Number.MAX_SAFE_INTEGER))).toEqual(entries)
      }),
    )
  })

  test('is written by offset, so that the same archives give the same bytes', () => {
    const [one, two] = [entryAt(0, 10), entryAt(10, 10)]
    expect(encodeIndex([two, one])).toEqual(encodeIndex([one, two]))
  })

  test.each([
    [
      'WRONG_ID',
      'an id that is not the hash of its entry',
      rawIndex([entryAt(0, 9).id, encodeIndexMetadata(entryAt(0, 10))]),
    ],
    ['OVERLAPPING', 'archives that overlap', encodeIndex([entryAt(0, 10), entryAt(9, 10)])],
    ['BEYOND_DATA', 'an archive beyond the end of data', encodeIndex([entryAt(95, 10)])],
    ['BAD_VALUE', 'an archive without bytes', encodeIndex([entryAt(0, 0)])],
    ['BAD_VALUE', 'more padding than bytes', encodeIndex([withId({ ...entryAt(0, 10), paddingBytes: 11 })])],
  ])('%s: with %s is refused', (reason, _, bytes) => {
    expect(decodeIndex(bytes, 100)).toMatchObject({ ok: false, error: { reason } })
  })

  test('with a key twice is refused: readers that keep different ones would read different archives', () => {
    const entry = [entryAt(0, 10).id, encodeIndexMetadata(entryAt(0, 10))] as const
    expect(decodeIndex(rawIndex(entry, entry), 100)).toMatchObject({ ok: false, error: { reason: 'FIELD_REPEATED' } })
  })
})
