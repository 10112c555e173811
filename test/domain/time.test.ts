import { describe, expect, test } from 'vitest'
import {
  LAST_UNIX_SECOND,
  parseUnixMillis,
  parseUnixSeconds,
  secondOf,
  type UnixMillis,
} from '../../src/domain/time.ts'

describe('parseUnixSeconds', () => {
  test.each([0, 1, LAST_UNIX_SECOND])('takes %d', (value) => {
    expect(parseUnixSeconds(value)).toEqual({ ok: true, value })
  })

  test.each([-1, 0.5, LAST_UNIX_SECOND + 1, Number.NaN, Infinity, -Infinity])('refuses %d', (value) => {
    expect(parseUnixSeconds(value)).toEqual({ ok: false, error: { type: 'InvalidTime', value } })
  })
})

describe('parseUnixMillis', () => {
  test.each([0, 1, Number.MAX_SAFE_INTEGER])('takes %d', (value) => {
    expect(parseUnixMillis(value)).toEqual({ ok: true, value })
  })

  test.each([-1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Infinity])('refuses %d', (value) => {
    expect(parseUnixMillis(value)).toEqual({ ok: false, error: { type: 'InvalidTime', value } })
  })
})

test.each([
  [0, 0],
  [999, 0],
  [1000, 1],
  [1_700_000_000_999, 1_700_000_000],
])('%d ms lie in second %d', (millis, second) => {
  expect(secondOf(millis as UnixMillis)).toBe(second)
})
