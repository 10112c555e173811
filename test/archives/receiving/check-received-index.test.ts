import { describe, expect, test } from 'vitest'
import { archiveIdOfEncoding } from '../../../src/archives/archive-id.ts'
import {
  encodeIndex,
  encodeIndexMetadata,
  type IndexEntry,
  type IndexMetadata,
} from '../../../src/archives/archive-index.ts'
import { checkIndexContent, checkReceivedIndex } from '../../../src/archives/receiving/check-received-index.ts'
import { NO_KEYS, type PayloadCipher } from '../../../src/archives/receiving/payload-cipher.ts'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import { hashRatchetEnvelope } from '../../support/hash-ratchet-envelope.ts'
import { publish, PUBLISHED_BY, SHORT_PIECE, SOME_METADATA, withOwnId } from '../../support/published-version.ts'
import { rawIndex } from '../../support/raw-index.ts'
import { valueOf } from '../../support/value-of.ts'

const PIECES = 8
const TOPIC = '0x01020304' as ContentTopic
const DATA = new Uint8Array(PIECES * SHORT_PIECE)

async function check(index: Uint8Array, cipher = NO_KEYS): ReturnType<typeof checkReceivedIndex> {
  return checkReceivedIndex(index, publish(DATA, index).torrent, cipher)
}

/** An archive of whole pieces, with what is wrong put in its place. */
function entry(fromPiece: number, pieces: number, wrong: Partial<IndexMetadata> = {}): IndexEntry {
  const [offset, sizeBytes] = [fromPiece * SHORT_PIECE, pieces * SHORT_PIECE]
  return withOwnId({ metadata: SOME_METADATA, offset, sizeBytes, paddingBytes: 9, ...wrong })
}

function indexOf(...entries: readonly IndexEntry[]): Uint8Array {
  return encodeIndex(entries)
}

function withMetadata(wrong: Partial<typeof SOME_METADATA>): Partial<IndexMetadata> {
  return { metadata: { ...SOME_METADATA, ...wrong } }
}

/** An entry whose metadata goes on with these bytes, and has their id. */
function indexWithTail(...tail: readonly number[]): Uint8Array {
  const { id: _, ...metadata } = entry(0, 1, { paddingBytes: 0 })
  const bytes = Buffer.concat([encodeIndexMetadata(metadata), Uint8Array.from(tail)])
  return rawIndex([archiveIdOfEncoding(bytes), bytes])
}

describe('a received index', () => {
  test('comes by offset, chunks of one range and gaps between archives among it', async () => {
    const { archives } = valueOf(await check(indexOf(entry(5, 3), entry(0, 2), entry(2, 1))))
    expect(archives.map(({ offset, sizeBytes }) => [offset / SHORT_PIECE, sizeBytes / SHORT_PIECE])).toEqual([
      [0, 2],
      [2, 1],
      [5, 3],
    ])
    const { id } = entry(0, 2)
    const described = { id, ...SOME_METADATA, offset: 0, sizeBytes: 2 * SHORT_PIECE, paddingBytes: 9 }
    expect(archives[0]).toEqual(described)
  })

  test.each<[string, Uint8Array]>([
    ['OVERLAPPING', indexOf(entry(0, 2), entry(1, 2))],
    ['OVERLAPPING', indexOf(entry(3, 1), entry(3, 1, { paddingBytes: 8 }))],
    ['BEYOND_DATA', indexOf(entry(7, 2))],
    ['BEYOND_DATA', indexOf(entry(2 ** 40, 1))],
    ['BEYOND_DATA', indexOf(entry(0, 2 ** 44))],
    ['MISALIGNED', indexOf(entry(0, 1, { offset: 1 }))],
    ['MISALIGNED', indexOf(entry(0, 1, { sizeBytes: SHORT_PIECE + 1 }))],
    ['NO_CONTENT', indexOf(entry(0, 1, { paddingBytes: SHORT_PIECE }))],
    ['BAD_VALUE', indexOf(entry(0, 1, { paddingBytes: SHORT_PIECE + 1 }))],
    ['BAD_VALUE', indexOf(entry(0, 0, { paddingBytes: 0 }))],
    ['EMPTY_RANGE', indexOf(entry(0, 1, withMetadata({ to: SOME_METADATA.from })))],
    ['WRONG_ID', rawIndex([entry(1, 1).id, encodeIndexMetadata(entry(0, 1))])],
    ['WRONG_ID', rawIndex(['../../etc/passwd', encodeIndexMetadata(entry(0, 1))])],
    ['TRUNCATED', indexOf(entry(0, 1)).subarray(0, -1)],
    // -1 as an int64, as a uint64 takes it: ten bytes.
    ['NUMBER_TOO_LARGE', indexWithTail(0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)],
    ['FIELD_REPEATED', indexWithTail(0x20, 0x01)],
    ['FIELD_REPEATED', Buffer.concat([indexOf(entry(0, 1)), indexOf(entry(0, 1))])],
    ['FIELD_MISSING', rawIndex([archiveIdOfEncoding(Buffer.from([0x20, 0x01])), Buffer.from([0x20, 0x01])])],
    ['BAD_VALUE', indexOf(entry(0, 1, withMetadata({ contentTopics: ['0x00c0ff' as ContentTopic] })))],
    ['TOO_MANY', indexOf(entry(0, 1, withMetadata({ contentTopics: Array.from({ length: 1025 }, () => TOPIC) })))],
    ['NO_ARCHIVES', Buffer.from('7a0131', 'hex')],
    ['TOO_MANY', Buffer.alloc(20_000, Buffer.from('7801', 'hex'))],
    ['MALFORMED', Buffer.from('no protobuf')],
  ])('is refused: %s', async (reason, index) => {
    expect(await check(index)).toMatchObject({ ok: false, error: { code: 'INDEX_MALFORMED', reason } })
  })

  test('is refused with a million archives', () => {
    const one = rawIndex(['number', encodeIndexMetadata(entry(0, 1, withMetadata({ contentTopics: [] })))])
    const index = Buffer.alloc(1_000_000 * one.length, one)
    // Those that are read before there are too many have names of their own.
    for (let number = 0; number < 70_000; number += 1) {
      index.write(String(number).padStart(6, '0'), number * one.length + 4)
    }
    const refused = checkIndexContent(index, publish(DATA, Buffer.from('not looked at')).torrent)
    expect(refused).toMatchObject({ error: { code: 'INDEX_MALFORMED', reason: 'TOO_MANY' } })
  })

  test('is refused with an archive that is longer than any that is read', () => {
    const index = indexOf(entry(0, 2 ** 20 + 1))
    const torrent = { ...publish(DATA, index).torrent, dataBytes: 2 ** 40 }
    expect(checkIndexContent(index, torrent)).toMatchObject({ error: { reason: 'ARCHIVE_TOO_LARGE' } })
  })

  test('is damaged where it is not what the torrent names', async () => {
    const index = indexOf(entry(0, 1))
    const { torrent } = publish(DATA, index)
    const changed = Uint8Array.from(index)
    changed[5] = 1
    for (const bytes of [changed, index.subarray(1), Buffer.concat([index, new Uint8Array(1)])]) {
      expect(await checkReceivedIndex(bytes, torrent, NO_KEYS)).toMatchObject({ error: { code: 'INDEX_DAMAGED' } })
    }
  })
})

describe('an encrypted index', () => {
  const plain = indexOf(entry(0, 1))
  const opening = (opened: Uint8Array): PayloadCipher => ({ decrypt: async () => Promise.resolve(opened) })

  test('is named as such without its key', async () => {
    expect(await check(hashRatchetEnvelope(plain))).toMatchObject({ error: { code: 'ENCRYPTED', reason: null } })
  })

  test('is checked like any other once it is open', async () => {
    const envelope = hashRatchetEnvelope(plain)
    expect(valueOf(await check(envelope, opening(plain))).archives).toHaveLength(1)
    expect(await check(envelope, opening(indexOf(entry(7, 2))))).toMatchObject({ error: { reason: 'BEYOND_DATA' } })
  })

  test('is given to the cipher as a whole, with the id of the community', async () => {
    const asked: unknown[] = []
    const decrypt: PayloadCipher['decrypt'] = async (...question) => {
      asked.push(question)
      return Promise.resolve(null)
    }
    const envelope = hashRatchetEnvelope(plain)
    await check(envelope, { decrypt })
    expect(asked).toEqual([[PUBLISHED_BY, envelope]])
  })

  test('is malformed where the envelope has no header of a hash ratchet', async () => {
    // Of a ProtocolMessage for one device, which is encrypted in another way.
    const other = Buffer.from('aa060b0a046e6f6e6512031a0101', 'hex')
    expect(await check(other)).toMatchObject({ error: { code: 'INDEX_MALFORMED', reason: 'NO_ARCHIVES' } })
  })
})
