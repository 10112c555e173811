import { BinaryReader } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/domain/message.ts'
import { encodeMessage, messageBytes } from '../../src/formats/message-encoding.ts'
import { parseMessage, parseMessageJson, type MessageInput } from '../../src/messages/parse-message.ts'
import { arbitraryMessage } from '../support/arbitrary-message.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { valueOf } from '../support/value-of.ts'

const INPUT: MessageInput = { timestamp: 1, topic: '0x0000000a', payload: '0x01' }

describe('parseMessage', () => {
  test('takes any message in its JSON form', () => {
    fc.assert(
      fc.property(arbitraryMessage, fc.boolean(), (message, isUpperCase) => {
        const text = JSON.stringify(inputOf(message, isUpperCase))
        expect(plainBytes(valueOf(parseMessageJson(text)))).toEqual(plainBytes(message))
      }),
    )
  })

  test.each([{}, { sig: null, padding: null, hash: null, thirdPartyId: null }])(
    'takes %j for empty fields',
    (absent) => {
      const message = valueOf(parseMessage({ ...INPUT, ...absent }))

      expect([message.sig, message.padding, message.hash].map(({ length }) => length)).toEqual([0, 0, 0])
      expect(message.thirdPartyId).toBe('')
    },
  )

  test.each<[string, unknown, string, string | null]>([
    ['an array', [], 'INVALID_JSON', null],
    ['null', null, 'INVALID_JSON', null],
    ['a text', 'message', 'INVALID_JSON', null],
    ['an unknown field', { ...INPUT, colour: 1 }, 'INVALID_FIELD', 'colour'],
    ['the field __proto__', JSON.parse('{"__proto__": 1}'), 'INVALID_FIELD', '__proto__'],
    ['no payload', { ...INPUT, payload: undefined }, 'INVALID_FIELD', 'payload'],
    ['a null payload', { ...INPUT, payload: null }, 'INVALID_FIELD', 'payload'],
    ['a number for bytes', { ...INPUT, sig: 1 }, 'INVALID_FIELD', 'sig'],
    ['a time as text', { ...INPUT, timestamp: '1' }, 'INVALID_FIELD', 'timestamp'],
    ['an object for a text', { ...INPUT, thirdPartyId: {} }, 'INVALID_FIELD', 'thirdPartyId'],
    ['half a surrogate pair', { ...INPUT, thirdPartyId: '\ud800' }, 'INVALID_FIELD', 'thirdPartyId'],
    ['hex without 0x', { ...INPUT, payload: 'abcd' }, 'INVALID_HEX', 'payload'],
    ['nothing for bytes', { ...INPUT, payload: '' }, 'INVALID_HEX', 'payload'],
    ['half a byte', { ...INPUT, padding: '0xabc' }, 'INVALID_HEX', 'padding'],
    ['a digit that is none', { ...INPUT, hash: '0xag' }, 'INVALID_HEX', 'hash'],
    ['digits of another script', { ...INPUT, hash: '0x\u0130\u0131' }, 'INVALID_HEX', 'hash'],
    ['a line feed after the hex', { ...INPUT, hash: '0xab0\n' }, 'INVALID_HEX', 'hash'],
    ['a topic of three bytes', { ...INPUT, topic: '0x00000a' }, 'INVALID_TOPIC', 'topic'],
    ['a fraction of a second', { ...INPUT, timestamp: 1.5 }, 'INVALID_TIMESTAMP', 'timestamp'],
    ['a time before 1970', { ...INPUT, timestamp: -1 }, 'INVALID_TIMESTAMP', 'timestamp'],
    ['a time over 32 bits', { ...INPUT, timestamp: 2 ** 32 }, 'INVALID_TIMESTAMP', 'timestamp'],
  ])('refuses %s', (_what, input, code, field) => {
    expect(parseMessage(input)).toMatchObject({ ok: false, error: { code, field, message: expect.any(String) } })
  })

  test.each(['', '{', 'NaN', "{'timestamp': 1}"])('refuses the line %j', (line) => {
    expect(parseMessageJson(line)).toMatchObject({ ok: false, error: { code: 'INVALID_JSON', field: null } })
  })

  test('never throws, whatever JSON it is given', () => {
    fc.assert(fc.property(fc.json(), (text) => typeof parseMessageJson(text).ok === 'boolean'))
  })

  test('takes 30,000,000 bytes of payload and signature, and no more', () => {
    const largest = { ...INPUT, payload: zeros(29_999_935), sig: zeros(65) }

    expect(parseMessage(largest)).toMatchObject({ ok: true })
    expect(parseMessage({ ...largest, sig: zeros(66) })).toMatchObject({
      ok: false,
      error: { code: 'MESSAGE_TOO_LARGE' },
    })
  })

  test('takes 31,000,000 bytes of encoding, and no more', () => {
    const room = 31_000_000 - messageBytes(valueOf(parseMessage(INPUT))) - 5
    const padded = valueOf(parseMessage({ ...INPUT, padding: zeros(room) }))

    expect(messageBytes(padded)).toBe(31_000_000)
    expect(parseMessage({ ...INPUT, padding: zeros(room + 1) })).toMatchObject({ error: { code: 'MESSAGE_TOO_LARGE' } })
  })
})

describe('encodeMessage', () => {
  test('writes the bytes that every other encoder writes', () => {
    const message = valueOf(
      parseMessage({ ...INPUT, sig: '0x01', timestamp: 300, padding: '0x0505', hash: '0x06', thirdPartyId: 'é' }),
    )

    expect(Buffer.from(encodeMessage(message)).toString('hex')).toBe(
      '0a0101' + '10ac02' + '1a040000000a' + '220101' + '2a020505' + '320106' + '3a02c3a9',
    )
  })

  test('is as long as encodedBytes says, in ascending fields', () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const encoded = encodeMessage(message)
        expect(encoded.length).toBe(messageBytes(message))
        const fields = fieldsOf(encoded)
        expect(fields).toEqual(fields.toSorted((one, other) => one - other))
      }),
    )
  })
})

function fieldsOf(encoded: Uint8Array): number[] {
  const reader = new BinaryReader(encoded)
  const fields: number[] = []
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    fields.push(field)
    reader.skip(wireType, field)
  }
  return fields
}

function inputOf(message: Message, isUpperCase: boolean): MessageInput {
  const hex = (bytes: Uint8Array): string => {
    const digits = Buffer.from(bytes).toString('hex')
    return `0x${isUpperCase ? digits.toUpperCase() : digits}`
  }
  const { sig, payload, padding, hash } = message
  return { ...message, sig: hex(sig), payload: hex(payload), padding: hex(padding), hash: hex(hash) }
}

function zeros(bytes: number): string {
  return `0x${'00'.repeat(bytes)}`
}
