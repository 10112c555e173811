import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage, messageBytes } from '../../src/formats/message-encoding.ts'
import { arbitraryMessage } from '../support/arbitrary-message.ts'
import { SHORT_MESSAGE as MESSAGE } from '../support/short-message.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { toWellFormed } from '../support/well-formed-message.ts'
import { valueOf } from '../support/value-of.ts'

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
