import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeArchive, encodeArchiveHead, type ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import {
  createMessageEncoder,
  decodeMessage,
  encodeMessage,
  messageBytes,
} from '../../src/archives/message-encoding.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { arbitraryMessage, arbitrarySecond, arbitraryTopic } from '../support/arbitrary-message.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { valueOf } from '../support/value-of.ts'

const MESSAGE: Message = {
  sig: new Uint8Array([1]),
  timestamp: 300 as UnixSeconds,
  topic: '0x01020304' as ContentTopic,
  payload: new Uint8Array([9, 9]),
  padding: new Uint8Array(0),
  hash: new Uint8Array([7]),
  thirdPartyId: 'd:1',
}

const METADATA: fc.Arbitrary<ArchiveMetadata> = fc.record({
  from: arbitrarySecond,
  to: arbitrarySecond,
  contentTopics: fc.array(arbitraryTopic, { maxLength: 5 }),
})

/** An archive as the packer writes it. */
function encodeArchive(metadata: ArchiveMetadata, messages: readonly Message[]): Uint8Array {
  const parts = [encodeArchiveHead(metadata)]
  const encoder = createMessageEncoder((bytes) => parts.push(bytes))
  for (const message of messages) encoder.add(message)
  encoder.flush()
  return Buffer.concat(parts)
}

describe('a message', () => {
  test('is encoded by field number, defaults left out', () => {
    const hex = Buffer.from(encodeMessage(MESSAGE)).toString('hex')
    expect(hex).toBe(['0a0101', '10ac02', '1a0401020304', '22020909', '320107', '3a03643a31'].join(''))
  })

  test('comes back as it was, whatever its fields', () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const encoding = encodeMessage(message)
        expect(encoding.length).toBe(messageBytes(message))
        expect(plainBytes(valueOf(decodeMessage(encoding)))).toEqual(plainBytes(toWellFormed(message)))
      }),
    )
  })

  test.each([127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('has its length told beforehand: %i bytes', (bytes) => {
    const message = { ...MESSAGE, payload: new Uint8Array(bytes) }
    expect(messageBytes(message)).toBe(encodeMessage(message).length)
  })

  test('with an unknown field is read without it', () => {
    const extended = new BinaryWriter()
      .raw(encodeMessage(MESSAGE))
      .tag(9, WireType.LengthDelimited)
      .string('from the future')
      .tag(10, WireType.Bit64)
      .fixed64(1n)
      .finish()
    expect(plainBytes(valueOf(decodeMessage(extended)))).toEqual(plainBytes(MESSAGE))
  })

  test.each([
    ['TRUNCATED', '1a04010203'],
    ['TRUNCATED', '10ac'],
    ['TRUNCATED', '1a04010203044a05'],
    ['MALFORMED', '00'],
    ['MALFORMED', '4c'],
    ['WRONG_WIRE_TYPE', '0801'],
    ['WRONG_WIRE_TYPE', '1201'],
    ['NUMBER_TOO_LARGE', '108080808010'],
    ['NUMBER_TOO_LARGE', '10ffffffffffffffffff01'],
    ['NUMBER_TOO_LARGE', '0affffffffffffffffff01'],
    ['FIELD_REPEATED', '10011001'],
    ['FIELD_MISSING', '1001'],
    ['BAD_VALUE', '1a03010203'],
    ['BAD_VALUE', '1a04010203043a02c328'],
  ])('is refused as %s: %s', (reason, hex) => {
    const decoded = decodeMessage(Buffer.from(hex, 'hex'))
    expect(decoded).toMatchObject({ ok: false, error: { type: 'MalformedEncoding', reason } })
  })
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

  test('holds large fields as well, which are passed on without a copy', () => {
    const payload = new Uint8Array(1_000_000).fill(5)
    const large = { ...MESSAGE, payload }
    const parts: Uint8Array[] = []
    const encoder = createMessageEncoder((bytes) => parts.push(bytes))
    encoder.add(MESSAGE)
    encoder.add(large)
    encoder.flush()

    const metadata = { from: 0 as UnixSeconds, to: 1 as UnixSeconds, contentTopics: [] }
    const decoded = valueOf(decodeArchive(Buffer.concat([encodeArchiveHead(metadata), ...parts])))
    expect(decoded.messages.map(plainBytes)).toEqual([MESSAGE, large].map(plainBytes))
    expect(parts).toContain(payload)
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

/** Text as UTF-8 can hold it: half a surrogate pair becomes U+FFFD. */
function toWellFormed(message: Message): Message {
  return { ...message, thirdPartyId: message.thirdPartyId.toWellFormed() }
}
