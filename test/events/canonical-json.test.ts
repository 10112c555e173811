import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/events/canonical-json.ts'

const text = fc.string({ unit: 'binary' })
const { tree: json } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(text, fc.oneof(tie('tree'), fc.constant(undefined)), { maxKeys: 5 }),
  ),
}))

test('writes what the reference for RFC 8785 writes', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value))
    }),
  )
})

test('sorts members by UTF-16 code units, as the RFC does', () => {
  expect(canonicalJson({ '\ufb33': 1, '\ud83d\ude00': 2, b: { d: 1, c: 2 }, a: [] })).toBe(
    '{"a":[],"b":{"c":2,"d":1},"\ud83d\ude00":2,"\ufb33":1}',
  )
})

test.each([
  ['a fraction', 0.5],
  ['an integer beyond 2^53 − 1', 2 ** 53],
  ['not a number', NaN],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate as a name', { '\udfff': 1 }],
  ['bytes', new Uint8Array(1)],
  ['a date', new Date(0)],
  ['a big integer', 1n],
  ['nothing in an array', [undefined]],
  ['a function', { run: () => 1 }],
])('refuses %s', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError)
})
