import fc from 'fast-check'
import { expect, test } from 'vitest'
import { burstOf, createTokens } from '../../src/bandwidth/tokens.ts'

const ask = fc.record({ afterMs: fc.nat(2_000), bytes: fc.integer({ min: 1, max: 300_000 }) })
const rates = fc.integer({ min: 10_000, max: 5_000_000 })

/** Who asks again as soon as it is told to; what was granted, and when. */
function grants(
  rate: number,
  asks: readonly { afterMs: number; bytes: number }[],
): readonly { at: number; bytes: number }[] {
  const tokens = createTokens(rate, 0)
  let now = 0
  return asks.map(({ afterMs, bytes }) => {
    now += afterMs
    for (let waitMs = tokens.take(bytes, now); waitMs > 0; waitMs = tokens.take(bytes, now)) now += Math.ceil(waitMs)
    return { at: now, bytes }
  })
}

test('in any stretch of time no more is granted than the rate and a burst, or one take', () => {
  fc.assert(
    fc.property(rates, fc.array(ask, { minLength: 1, maxLength: 30 }), (rate, asks) => {
      const granted = grants(rate, asks)
      for (const [first, { at: from }] of granted.entries()) {
        let sum = 0
        for (const { at, bytes } of granted.slice(first)) {
          sum += bytes
          const most = Math.max(burstOf(rate), ...granted.map((one) => one.bytes))
          expect(sum).toBeLessThanOrEqual((rate * (at - from)) / 1000 + most + 1)
        }
      }
    }),
  )
})

test('who always asks gets the rate', () => {
  fc.assert(
    fc.property(rates, (rate) => {
      const asks = Array.from({ length: 100 }, () => ({ afterMs: 0, bytes: 16_384 }))
      const end = grants(rate, asks).at(-1)?.at ?? 0
      // Waits are whole milliseconds, the rest of which is lost where a block is all of the burst.
      expect(end).toBeLessThanOrEqual(((100 * 16_384) / rate) * 1000 + 100)
    }),
  )
})

test('what was saved is never more than a burst of the rate that counts now', () => {
  const tokens = createTokens(1_000_000, 0)
  tokens.setRate(100_000, 10_000)
  expect(tokens.take(25_000, 10_000)).toBe(0)
  expect(tokens.take(10_000, 10_000)).toBe(100)
})

test('a take above the burst is granted with the whole burst, and owed', () => {
  const tokens = createTokens(100_000, 0)
  expect(tokens.take(125_000, 0)).toBe(250)
  expect(tokens.take(125_000, 250)).toBe(0)
  expect(tokens.take(1, 250)).toBeCloseTo(1_000, 1)
})
