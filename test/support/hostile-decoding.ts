import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/domain/result.ts'
import { FUZZ_RUNS } from './fuzz-runs.ts'

const RUNS = { numRuns: FUZZ_RUNS }

/** A decoder of bytes that anybody may have written, with bytes that it has to take. */
export type HostileDecoder = readonly [
  name: string,
  decode: (bytes: Uint8Array) => Result<unknown, unknown>,
  good: Uint8Array,
]

/** States of each decoder that it takes good bytes, and throws on none. */
export function describeHostileDecoding(decoders: readonly HostileDecoder[]): void {
  describe.each(decoders)('%s', (_, decode, good) => {
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
}

/** Good bytes with some changed, some taken out, and the end cut off. */
export function mutationsOf(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) })
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: good.length }), fc.nat({ max: 3 }))
    .map(([changes, cutAt, cutBytes]) => {
      const bytes = Uint8Array.from(good)
      for (const { at, byte } of changes) bytes[at] = byte
      return Uint8Array.from([...bytes.subarray(0, cutAt), ...bytes.subarray(cutAt + cutBytes)])
    })
}
