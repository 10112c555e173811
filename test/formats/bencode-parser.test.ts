import bencode, { type Bencodable } from 'bencode'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDictionary, parseBencode, readBencode, type Bencoded } from '../../src/formats/bencode-parser.ts'
import { valueOf } from '../support/value-of.ts'

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[a-z ]{1,8}$/), tie('any'), { maxKeys: 5 }),
  ),
})).any

describe('readBencode', () => {
  test('reads what the package bencode writes, and nothing of what follows', () => {
    fc.assert(
      fc.property(value, fc.uint8Array({ maxLength: 20 }), (written, rest) => {
        const bytes = bencode.encode(written as Bencodable)
        const read = readBencode(Buffer.concat([bytes, rest]))
        expect(read?.end).toBe(bytes.length)
        expect(read && Buffer.from(bencode.encode(copy(read.value)))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('ends on any bytes, without an error', () => {
    const likely = fc.constantFrom(...Buffer.from('dlie:-0123456789'))
    fc.assert(fc.property(fc.array(likely, { maxLength: 60 }), (bytes) => void readBencode(Uint8Array.from(bytes))))
  })

  test.each(['', 'l-3:', 'd-3:', 'd1:a-9:', 'i-e', 'ie', 'i1', '1', '5:abc', 'd', 'di1ei2ee', 'd1:ae', 'l'.repeat(40)])(
    'refuses %j',
    (text) => {
      expect(readBencode(Buffer.from(text))).toBeNull()
    },
  )

  test('a key means no more than itself', () => {
    const read = readBencode(Buffer.from('d9:__proto__d1:ai1eee'))
    expect(isDictionary(read?.value) && [...read.value.entries.keys()]).toEqual(['__proto__'])
  })
})

describe('parseBencode', () => {
  test.each([
    ['a length that runs backwards', 'l-3:e'],
    ['a length beyond the end', '9:short'],
    ['a length beyond all bounds', '99999999999999999999:'],
    ['leading zeros', 'i007e'],
    ['minus zero', 'i-0e'],
    ['a number beyond 2^53', 'i9999999999999999e'],
    ['a number without an end', 'i12'],
    ['a list without an end', 'l'],
    ['keys out of order', 'd1:bi0e1:ai0ee'],
    ['a key twice', 'd1:ai0e1:ai1ee'],
    ['a key that is no string', 'di1ei2ee'],
    ['something after the end', 'i1ei2e'],
    ['nothing', ''],
    ['lists within lists until the stack ends', 'l'.repeat(1_000_000)],
  ])('with %s is refused', (_, text) => {
    expect(parseBencode(Buffer.from(text))).toMatchObject({ ok: false, error: { type: 'MalformedBencode' } })
  })

  test('reads what the package bencode writes', () => {
    fc.assert(
      fc.property(value, (written) => {
        const bytes = bencode.encode(written as Bencodable)
        expect(Buffer.from(bencode.encode(copy(valueOf(parseBencode(bytes)))))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('hands over the bytes of a dictionary, over which hashes are taken', () => {
    const parsed = valueOf(parseBencode(Buffer.from('d1:ad1:bi1eee')))
    const inner = isDictionary(parsed) ? parsed.entries.get('a') : undefined
    expect(isDictionary(inner) && Buffer.from(inner.encoding).toString()).toBe('d1:bi1ee')
  })

  test.each([
    ['keys out of order', 'd1:bi0e1:ai0ee'],
    ['a key twice', 'd1:ai0e1:ai1ee'],
    ['leading zeros', 'i007e'],
    ['leading zeros of a length', '02:ab'],
    ['minus zero', 'i-0e'],
  ])('refuses %s, which readBencode forgives a peer', (_, text) => {
    expect(parseBencode(Buffer.from(text)).ok).toBe(false)
    expect(readBencode(Buffer.from(text))?.end).toBe(text.length)
  })

  test('names how far it came', () => {
    expect(parseBencode(Buffer.from('li1ei2ei-e'))).toMatchObject({ error: { offset: 9 } })
  })
})

/** The same value, of plain objects. */
function copy(read: Bencoded): Bencodable {
  if (isDictionary(read)) return Object.fromEntries([...read.entries].map(([key, entry]) => [key, copy(entry)]))
  return typeof read === 'number' || read instanceof Uint8Array ? read : read.map(copy)
}
