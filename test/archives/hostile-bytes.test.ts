import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeArchive } from '../../src/archives/archive-encoding.ts'
import { decodeIndex } from '../../src/archives/archive-index.ts'
import { parseBencode } from '../../src/archives/bencode-parser.ts'
import { decodeMessage, encodeMessage } from '../../src/archives/message-encoding.ts'
import { parseTorrentFile } from '../../src/archives/torrent-parser.ts'
import type { Result } from '../../src/domain/result.ts'
import { readGoldenCase } from '../support/golden.ts'
import { valueOf } from '../support/value-of.ts'

const GOOD = goodBytes()

const RUNS = { numRuns: 2000 }

const DECODERS: readonly (readonly [string, (bytes: Uint8Array) => Result<unknown, unknown>, Uint8Array])[] = [
  ['decodeMessage', decodeMessage, GOOD.message],
  ['decodeArchive', decodeArchive, GOOD.archive],
  ['decodeIndex', (bytes) => decodeIndex(bytes, 204_800), GOOD.index],
  ['parseBencode', parseBencode, GOOD.torrent],
  ['parseTorrentFile', (bytes) => parseTorrentFile(bytes), GOOD.torrent],
]

/** What each decoder has to take, so that it is tampering that is refused. */
function goodBytes(): Readonly<Record<'archive' | 'index' | 'message' | 'torrent', Uint8Array>> {
  const [step] = readGoldenCase('boundaries').steps
  const [recorded] = step?.messages ?? []
  const written = step?.written ?? null
  if (written === null || written.data === null || recorded === undefined)
    throw new Error('The golden case is not whole')
  const [first] = valueOf(decodeIndex(written.index, written.dataBytes))
  const rawBytes = first === undefined ? 0 : first.sizeBytes - first.paddingBytes
  const archive = written.data.subarray(0, rawBytes)
  return { archive, index: written.index, message: encodeMessage(recorded), torrent: written.torrent }
}

/** Good bytes with some changed, some taken out, and the end cut off. */
function mutationsOf(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) })
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: good.length }), fc.nat({ max: 3 }))
    .map(([changes, cutAt, cutBytes]) => {
      const bytes = Uint8Array.from(good)
      for (const { at, byte } of changes) bytes[at] = byte
      return Uint8Array.from([...bytes.subarray(0, cutAt), ...bytes.subarray(cutAt + cutBytes)])
    })
}

describe.each(DECODERS)('%s', (_, decode, good) => {
  test('takes good bytes', () => {
    expect(decode(good).ok).toBe(true)
  })

  test('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(typeof decode(bytes).ok).toBe('boolean')
      }),
      RUNS,
    )
  })

  test('never throws on good bytes that were tampered with', () => {
    fc.assert(
      fc.property(mutationsOf(good), (bytes) => {
        expect(typeof decode(bytes).ok).toBe('boolean')
      }),
      RUNS,
    )
  })
})

describe('bencode', () => {
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
})
