import bencode from 'bencode'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDictionary, readBencode } from '../../src/torrents/bencode-reader.ts'

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
        const bytes = bencode.encode(written as Parameters<typeof bencode.encode>[0])
        const read = readBencode(Buffer.concat([bytes, rest]))
        expect(read?.end).toBe(bytes.length)
        expect(Buffer.from(bencode.encode(copy(read?.value)))).toEqual(Buffer.from(bytes))
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
    expect(isDictionary(read?.value) && Object.keys(read.value)).toEqual(['__proto__'])
  })
})

/** The same value, of plain objects. */
function copy(read: unknown): Parameters<typeof bencode.encode>[0] {
  if (Array.isArray(read)) return read.map(copy)
  if (typeof read !== 'object' || read === null || read instanceof Uint8Array) return read as number | Uint8Array
  return Object.fromEntries(Object.entries(read).map(([key, entry]) => [key, copy(entry)]))
}
