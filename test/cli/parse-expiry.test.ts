import { expect, test } from 'vitest'
import { parseExpiry } from '../../src/cli/parse-expiry.ts'
import type { UnixMillis } from '../../src/domain/time.ts'

const NOW = Date.parse('2026-01-01T00:00:00.999Z') as UnixMillis

test.each([
  ['15m', '2026-01-01T00:15:00.000Z'],
  ['12h', '2026-01-01T12:00:00.000Z'],
  ['90d', '2026-04-01T00:00:00.000Z'],
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
  ['2027-01-31 12:00:07', '2027-01-31T12:00:07.000Z'],
  ['never', null],
])('%s from now on is until %s', (text, until) => {
  const parsed = parseExpiry(text, NOW)
  const at = parsed.ok ? parsed.value : undefined
  expect(at == null ? at : new Date(at).toISOString()).toBe(until)
})

test.each(['', '0d', '90', '90 d', '-1d', '1.5d', '2027-02-30', 'always', '999999d'])('%j is no end', (text) => {
  expect(parseExpiry(text, NOW)).toEqual({
    ok: false,
    error: expect.stringMatching(/^minutes \(15m\), hours \(12h\), days \(90d\), .+ or never$/),
  })
})

test.each(['2025-12-31', '2026-01-01', '2026-01-01T00:00:00Z'])('%s is over', (text) => {
  const error = 'later than now, which is 2026-01-01T00:00:00Z'
  expect(parseExpiry(text, NOW)).toEqual({ ok: false, error })
})
