import { describe, expect, test } from 'vitest'
import { hashInput } from '../../src/commands/input-hash.ts'

describe('the hash of a wish', () => {
  test('is SHA-256 over the canonical JSON of command and input', () => {
    // printf '["LeaveCommunity",{"a":1,"b":[true,null]}]' | sha256sum
    expect(hashInput('LeaveCommunity', { b: [true, null], a: 1 })).toBe(
      '81176626405842c8ee8624c092bf021a40c26084f4e9f1ad88428f006b983cbb',
    )
  })

  test('does not depend on the order of members', () => {
    expect(hashInput('X', { a: { c: 1, d: 2 }, b: 2 })).toBe(hashInput('X', { b: 2, a: { d: 2, c: 1 } }))
  })

  test.each([
    ['the command', hashInput('Y', { a: [1, 2] })],
    ['a value', hashInput('X', { a: [1, 3] })],
    ['the order of a list', hashInput('X', { a: [2, 1] })],
    ['a type', hashInput('X', { a: [1, '2'] })],
    ['a name', hashInput('X', { b: [1, 2] })],
  ])('changes with %s', (_what, other) => {
    expect(hashInput('X', { a: [1, 2] })).not.toBe(other)
  })

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['\ud800', 'Lone surrogate'],
  ])('is refused to %j', (input, reason) => {
    expect(() => hashInput('X', { input })).toThrow(reason)
  })
})
