import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeIndex, type IndexEntry } from '../../../src/archives/archive-index.ts'
import { checkArchiveContent } from '../../../src/archives/receiving/check-archive-content.ts'
import { checkIndexContent } from '../../../src/archives/receiving/check-received-index.ts'
import { checkReceivedTorrent } from '../../../src/archives/receiving/check-received-torrent.ts'
import { isHashRatchetEnvelope } from '../../../src/archives/receiving/hash-ratchet.ts'
import { ok } from '../../../src/domain/result.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { encodeInfo, infoHashOf } from '../../../src/formats/torrent-file.ts'
import { arbitraryMessage } from '../../support/arbitrary-message.ts'
import { encodeArchive } from '../../support/encode-archive.ts'
import { FUZZ_RUNS } from '../../support/fuzz-runs.ts'
import { hashRatchetEnvelope } from '../../support/hash-ratchet-envelope.ts'
import { describeHostileDecoding, mutationsOf } from '../../support/hostile-decoding.ts'
import { publish, PUBLISHED_BY, SHORT_PIECE, SOME_METADATA, withOwnId } from '../../support/published-version.ts'
import { toWellFormed } from '../../support/well-formed-message.ts'
import { valueOf } from '../../support/value-of.ts'

const RUNS = { numRuns: FUZZ_RUNS }
const PIECES = 12
const TORRENT = publish(new Uint8Array(PIECES * SHORT_PIECE), Buffer.from('index')).torrent
const NAME = /^[A-Z_]+$/

function index(bytes: Uint8Array): ReturnType<typeof checkIndexContent> {
  return checkIndexContent(bytes, TORRENT)
}

/** Under a link that has its hash: a hostile control node makes one as easily. */
function torrent(bytes: Uint8Array): ReturnType<typeof checkReceivedTorrent> {
  const expected = { infoHash: infoHashOf(bytes), communityId: PUBLISHED_BY, pieceBytes: SHORT_PIECE }
  return checkReceivedTorrent(bytes, expected)
}

/** Lengths in bytes that are right more often than not. */
function nearly(pieces: fc.Arbitrary<number>): fc.Arbitrary<number> {
  const stray = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constantFrom(1, -1, 2 ** 31, 2 ** 40, 2 ** 53))
  return fc
    .tuple(pieces, stray)
    .map(([count, off]) => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, count * SHORT_PIECE + off)))
}

const NEARLY_RIGHT: fc.Arbitrary<IndexEntry> = fc
  .record({
    offset: nearly(fc.nat(PIECES - 1)),
    sizeBytes: nearly(fc.integer({ min: 1, max: 3 })),
    paddingBytes: fc.oneof({ weight: 9, arbitrary: fc.nat(SHORT_PIECE - 1) }, fc.nat(4 * SHORT_PIECE)),
    seconds: fc.oneof({ weight: 9, arbitrary: fc.constant(100) }, fc.integer({ min: -5, max: 5 })),
  })
  .map(({ seconds, ...place }) =>
    withOwnId({ ...place, metadata: { ...SOME_METADATA, to: (SOME_METADATA.from + seconds) as UnixSeconds } }),
  )

/** What can be wrong with an entry or between two, said once more in other words. */
function isBelievable(entries: readonly IndexEntry[]): boolean {
  const taken = new Set<number>()
  const areSound = entries.every(({ metadata, offset, sizeBytes, paddingBytes }) => {
    const [first, count] = [offset / SHORT_PIECE, sizeBytes / SHORT_PIECE]
    if (!Number.isInteger(first) || !Number.isInteger(count) || count < 1 || first + count > PIECES) return false
    for (let piece = first; piece < first + count; piece += 1) {
      if (taken.has(piece)) return false
      taken.add(piece)
    }
    return paddingBytes < sizeBytes && metadata.from < metadata.to
  })
  return areSound && entries.length > 0
}

describe('an index', () => {
  test('is believed just where all of its entries can be followed', () => {
    let believed = 0
    fc.assert(
      fc.property(fc.array(NEARLY_RIGHT, { maxLength: 4 }), (entries) => {
        const checked = index(encodeIndex(entries))
        expect(checked.ok).toBe(isBelievable(entries))
        believed += checked.ok ? 1 : 0
        const inOrder = entries.toSorted((one, other) => one.offset - other.offset)
        if (checked.ok) expect(checked.value.archives.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id))
        else expect(checked.error.reason).toMatch(NAME)
      }),
      RUNS,
    )
    expect(believed).toBeGreaterThan(FUZZ_RUNS / 10)
  })
})

describe('a torrent', () => {
  const lengths = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 * SHORT_PIECE }))

  test('is taken where it is of the format, as what it says', () => {
    fc.assert(
      fc.property(lengths, fc.nat(255), ([dataPieces, indexBytes], byte) => {
        const sizes = { dataBytes: dataPieces * SHORT_PIECE, indexBytes }
        const pieces = Buffer.alloc(20 * (dataPieces + Math.ceil(indexBytes / SHORT_PIECE)), byte)
        const info = { communityId: PUBLISHED_BY, pieceBytes: SHORT_PIECE, ...sizes, pieces }
        const bytes = encodeInfo(info)
        expect(valueOf(torrent(bytes))).toEqual({ ...info, infoHash: infoHashOf(bytes) })
      }),
      RUNS,
    )
  })

  test('that was tampered with is refused by name, or means no more than its bytes', () => {
    fc.assert(
      fc.property(mutationsOf(encodeInfo(TORRENT)), (bytes) => {
        const checked = torrent(bytes)
        if (checked.ok) expect(Buffer.from(encodeInfo(checked.value)).equals(bytes)).toBe(true)
        else expect(checked.error.reason).toMatch(NAME)
      }),
      RUNS,
    )
  })
})

describe('an archive', () => {
  const { from, to, contentTopics } = SOME_METADATA
  const [topic] = contentTopics
  const within = arbitraryMessage.map((message) => {
    const timestamp = (from + (message.timestamp % (to - from))) as UnixSeconds
    return toWellFormed({ ...message, timestamp, topic: topic ?? message.topic })
  })
  const good = encodeArchive(SOME_METADATA, fc.sample(within, { numRuns: 3, seed: 1 }))

  test('of messages that belong is taken, and with one that does not it is not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(within, { maxLength: 2 }), arbitraryMessage, async (messages, stray) => {
        const all = await checkArchiveContent(encodeArchive(SOME_METADATA, messages), SOME_METADATA)
        expect(all).toEqual(ok(messages.length))
        const withStray = encodeArchive(SOME_METADATA, [...messages, toWellFormed(stray)])
        const code = stray.timestamp < from || stray.timestamp >= to ? 'MESSAGE_OUT_OF_RANGE' : 'FOREIGN_TOPIC'
        expect(await checkArchiveContent(withStray, SOME_METADATA)).toMatchObject({ error: { code } })
      }),
      RUNS,
    )
  })

  test('that was tampered with is refused by name, or still has messages that belong', async () => {
    await fc.assert(
      fc.asyncProperty(mutationsOf(good), async (bytes) => {
        const checked = await checkArchiveContent(bytes, SOME_METADATA)
        if (checked.ok) expect(checked.value).toBeLessThanOrEqual(4)
        else expect(checked.error.code).toMatch(NAME)
      }),
      RUNS,
    )
  })
})

const ENTRY = withOwnId({ metadata: SOME_METADATA, offset: 0, sizeBytes: SHORT_PIECE, paddingBytes: 9 })

describeHostileDecoding([
  ['checkIndexContent', index, encodeIndex([ENTRY])],
  ['isHashRatchetEnvelope', (bytes) => ok(isHashRatchetEnvelope(bytes)), hashRatchetEnvelope(Buffer.from('secret'))],
])
