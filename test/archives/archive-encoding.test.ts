import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeArchiveHead, type ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import { createMessageAppender } from '../../src/archives/packing/message-appender.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { decodeArchive } from '../support/decode-archive.ts'
import { arbitraryMessage, arbitrarySecond, arbitraryTopic } from '../support/arbitrary-message.ts'
import { encodedMessage } from '../support/encoded-message.ts'
import { encodeArchive } from '../support/encode-archive.ts'
import { SHORT_MESSAGE as MESSAGE } from '../support/short-message.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { toWellFormed } from '../support/well-formed-message.ts'
import { valueOf } from '../support/value-of.ts'

const METADATA: fc.Arbitrary<ArchiveMetadata> = fc.record({
  from: arbitrarySecond,
  to: arbitrarySecond,
  contentTopics: fc.array(arbitraryTopic, { maxLength: 5 }),
})

describe('an archive', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(METADATA, fc.array(arbitraryMessage, { maxLength: 5 }), (metadata, messages) => {
        const decoded = valueOf(decodeArchive(encodeArchive(metadata, messages)))
        expect(decoded.metadata).toEqual(metadata)
        expect(decoded.messages.map(plainBytes)).toEqual(messages.map(toWellFormed).map(plainBytes))
      }),
    )
  })

  test('holds messages of every length, the large ones passed on without a copy', () => {
    const messages = [10, 127, 128, 16_383, 16_384, 2_097_152].map((bytes) => ({
      ...MESSAGE,
      payload: new Uint8Array(bytes).fill(5),
    }))
    const large = encodedMessage({ ...MESSAGE, payload: new Uint8Array(1_000_000) })
    const emitted: Uint8Array[] = []
    createMessageAppender((bytes) => emitted.push(bytes))(large)

    const metadata = { from: 0 as UnixSeconds, to: 1 as UnixSeconds, contentTopics: [] }
    const decoded = valueOf(decodeArchive(encodeArchive(metadata, messages)))
    expect(decoded.messages.map(plainBytes)).toEqual(messages.map(plainBytes))
    expect(emitted).toContain(large.bytes)
  })

  test('without messages is one', () => {
    const metadata = { from: 5 as UnixSeconds, to: 6 as UnixSeconds, contentTopics: [MESSAGE.topic] }
    expect(valueOf(decodeArchive(encodeArchiveHead(metadata)))).toEqual({ metadata, messages: [] })
  })

  test('without metadata, or of a later version, is none', () => {
    expect(decodeArchive(new Uint8Array(0))).toMatchObject({ ok: false, error: { reason: 'FIELD_MISSING' } })
    expect(decodeArchive(new Uint8Array([8, 1]))).toMatchObject({ ok: false, error: { reason: 'BAD_VALUE' } })
  })

  test('names where in all of the bytes a nested fault is', () => {
    const head = encodeArchiveHead({ from: 5 as UnixSeconds, to: 6 as UnixSeconds, contentTopics: [] })
    const badMessage = Buffer.from('1a021a04', 'hex')
    expect(decodeArchive(Buffer.concat([head, badMessage]))).toMatchObject({
      ok: false,
      error: { reason: 'TRUNCATED', offset: head.length + badMessage.length },
    })
  })

  test('cut off anywhere is refused or shorter, and never throws', () => {
    const bytes = encodeArchive({ from: 5 as UnixSeconds, to: 6 as UnixSeconds, contentTopics: [] }, [MESSAGE, MESSAGE])
    for (let length = 0; length < bytes.length; length += 1) {
      const decoded = decodeArchive(bytes.subarray(0, length))
      expect(decoded.ok ? decoded.value.messages.length : 0).toBeLessThan(2)
    }
  })
})
