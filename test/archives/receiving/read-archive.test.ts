import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ArchiveMetadata } from '../../../src/archives/archive-encoding.ts'
import { NO_KEYS, type PayloadCipher } from '../../../src/archives/receiving/payload-cipher.ts'
import { readArchive, type ArchiveReading } from '../../../src/archives/receiving/read-archive.ts'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { encodeArchive } from '../../support/encode-archive.ts'
import { hashRatchetEnvelope } from '../../support/hash-ratchet-envelope.ts'
import { plainBytes } from '../../support/plain-bytes.ts'
import { publishArchives, SHORT_PIECE, SOME_METADATA } from '../../support/published-version.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

const FIRST = messageAt(1_000)
const LAST = messageAt(1_999)

function messageAt(timestamp: number, fields: Partial<Message> = {}): Message {
  return sampleMessage({ timestamp: timestamp as UnixSeconds, ...fields })
}

/** Writes `data` with the archive in the middle of others, and says how to read it. */
function published(raw: Uint8Array, metadata: ArchiveMetadata = SOME_METADATA): ArchiveReading {
  const other = { metadata: SOME_METADATA, raw: encodeArchive(SOME_METADATA, [messageAt(1_234)]) }
  const { data, torrent, archives } = publishArchives([other, { metadata, raw }, other])
  const dataPath = join(createTemporaryFolder(), 'data')
  writeFileSync(dataPath, data)
  const archive = archives[1]
  if (archive === undefined) throw new Error('The archive was not published')
  return { dataPath, torrent, archive, cipher: NO_KEYS }
}

function publishedMessages(...messages: readonly Message[]): ArchiveReading {
  return published(encodeArchive(SOME_METADATA, messages))
}

async function messagesIn(reading: ArchiveReading): Promise<readonly Message[]> {
  return [...valueOf(await readArchive(reading)).batches()].flat().map(plainBytes)
}

describe('reading an archive', () => {
  test('gives its messages in its own order, as often as they are asked for', async () => {
    const reading = publishedMessages(LAST, FIRST)
    const read = valueOf(await readArchive(reading))
    for (const _ of ['once', 'twice']) expect([...read.batches()].flat().map(plainBytes)).toEqual([LAST, FIRST])
    const raw = encodeArchive(SOME_METADATA, [LAST, FIRST])
    const sha256 = createHash('sha256').update(raw).digest('hex')
    expect(read).toMatchObject({ messages: 2, rawBytes: raw.length, sha256 })
  })

  test('gives many messages in batches', async () => {
    const messages = Array.from({ length: 2_500 }, (_, index) => messageAt(1_000 + (index % 1_000)))
    const read = valueOf(await readArchive(publishedMessages(...messages)))
    const batches = [...read.batches()]
    expect(batches.length).toBeGreaterThan(2)
    expect(batches.flat()).toHaveLength(2_500)
  })

  test('reads one without messages', async () => {
    expect(await messagesIn(publishedMessages())).toEqual([])
  })

  test('does not mind holes and damage elsewhere in data', async () => {
    const reading = publishedMessages(FIRST)
    const bytes = readFileSync(reading.dataPath)
    bytes.fill(0, 0, reading.archive.offset)
    writeFileSync(reading.dataPath, bytes.subarray(0, reading.archive.offset + reading.archive.sizeBytes))
    expect(await messagesIn(reading)).toEqual([FIRST])
  })

  test.each<[string, object, readonly Message[]]>([
    ['MESSAGE_OUT_OF_RANGE', { message: 1, timestamp: 2_000 }, [FIRST, messageAt(2_000)]],
    ['MESSAGE_OUT_OF_RANGE', { message: 0, timestamp: 999 }, [messageAt(999), FIRST]],
    ['FOREIGN_TOPIC', { message: 2 }, [FIRST, LAST, messageAt(1_500, { topic: '0x0badc0de' as ContentTopic })]],
  ])('refuses it whole where one message does not belong: %s', async (code, numbers, messages) => {
    expect(await readArchive(publishedMessages(...messages))).toMatchObject({ ok: false, error: { code, numbers } })
  })

  test.each<[string, Partial<ArchiveMetadata>]>([
    ['range', { to: 2_001 as UnixSeconds }],
    ['topics', { contentTopics: [...SOME_METADATA.contentTopics, '0x0badc0de' as ContentTopic] }],
  ])('refuses one that says another %s than the index', async (_, other) => {
    const reading = published(encodeArchive({ ...SOME_METADATA, ...other }, [FIRST]))
    expect(await readArchive(reading)).toMatchObject({
      error: { code: 'ARCHIVE_MALFORMED', cause: 'METADATA_DIFFERS' },
    })
  })

  test.each<[string, Uint8Array]>([
    ['FIELD_MISSING', new Uint8Array(0)],
    ['TRUNCATED', encodeArchive(SOME_METADATA, [FIRST]).subarray(0, -1)],
    ['WRONG_WIRE_TYPE', Buffer.from('1001', 'hex')],
  ])('refuses what is no archive: %s', async (cause, raw) => {
    const reading = published(Buffer.concat([raw]))
    expect(await readArchive(reading)).toMatchObject({ error: { code: 'ARCHIVE_MALFORMED', cause } })
  })

  test('refuses one with a damaged piece, padding and all', async () => {
    const reading = publishedMessages(FIRST, LAST)
    const { offset, sizeBytes } = reading.archive
    const bytes = readFileSync(reading.dataPath)
    bytes[offset + sizeBytes - 1] = 1
    writeFileSync(reading.dataPath, bytes)
    const firstPiece = (offset + sizeBytes) / SHORT_PIECE - 1
    expect(await readArchive(reading)).toMatchObject({
      error: { code: 'PIECES_DAMAGED', numbers: { pieces: 1, firstPiece } },
    })
  })

  test('refuses one that data is too short for, and one without data', async () => {
    const reading = publishedMessages(FIRST)
    truncateSync(reading.dataPath, reading.archive.offset + reading.archive.sizeBytes - 1)
    expect(await readArchive(reading)).toMatchObject({ error: { code: 'PIECES_DAMAGED' } })
    rmSync(reading.dataPath)
    expect(await readArchive(reading)).toMatchObject({ error: { code: 'READ_FAILED', cause: { code: 'ENOENT' } } })
  })

  test('refuses one that is too large, and takes no memory for it', async () => {
    const reading = publishedMessages(FIRST)
    const huge = { ...reading, archive: { ...reading.archive, sizeBytes: 2 ** 40 } }
    expect(await readArchive(huge)).toMatchObject({ error: { code: 'TOO_LARGE', numbers: { bytes: 2 ** 40 } } })
  })
})

describe('an encrypted archive', () => {
  const opening = (opened: Uint8Array): PayloadCipher => ({ decrypt: async () => Promise.resolve(opened) })
  const plain = encodeArchive(SOME_METADATA, [FIRST])

  test('is named as such without its key', async () => {
    const reading = published(hashRatchetEnvelope(plain))
    expect(await readArchive(reading)).toMatchObject({ error: { code: 'ENCRYPTED' } })
  })

  test('is read with its key, its length and digest those of what is in data', async () => {
    const envelope = hashRatchetEnvelope(plain)
    const reading = { ...published(envelope), cipher: opening(plain) }
    expect(await messagesIn(reading)).toEqual([FIRST])
    const sha256 = createHash('sha256').update(envelope).digest('hex')
    expect(valueOf(await readArchive(reading))).toMatchObject({ rawBytes: envelope.length, sha256 })
  })

  test('is refused like any other once it is open', async () => {
    const reading = published(hashRatchetEnvelope(plain))
    const stray = encodeArchive(SOME_METADATA, [messageAt(2_000)])
    const cases = [
      [stray, 'MESSAGE_OUT_OF_RANGE'],
      [hashRatchetEnvelope(plain), 'ARCHIVE_MALFORMED'],
    ] as const
    for (const [opened, code] of cases) {
      expect(await readArchive({ ...reading, cipher: opening(opened) })).toMatchObject({ error: { code } })
    }
  })
})
