import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonOutline, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../../../src/graphql/limits/json-outline.ts'

function read(text: string, chunkBytes = Infinity): string | null {
  const outline = createJsonOutline()
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const fault = outline.read(bytes.subarray(at, at + chunkBytes))
    if (fault !== null) return fault
  }
  return null
}

/** Arrays and objects in one another, around a text that has all the signs that mean something outside of strings. */
function nested(depth: number): string {
  const text = JSON.stringify('[{"\\,]}é\\\\"')
  return Array.from({ length: depth }).reduce<string>(
    (inner, _, n) => (n % 2 === 0 ? `[${inner}]` : `{${text}:${inner}}`),
    text,
  )
}

test('finds what is too deep wherever the text is cut, and only that', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 * MAX_JSON_DEPTH }),
      fc.integer({ min: 1, max: 9 }),
      (depth, chunkBytes) => {
        expect(read(nested(depth), chunkBytes)).toBe(depth > MAX_JSON_DEPTH ? 'JSON_TOO_DEEP' : null)
      },
    ),
  )
})

test('whatever is in strings is not counted', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), (texts, chunkBytes) => {
      expect(read(JSON.stringify(texts.map((text) => `[${text}[\\`.repeat(60))), chunkBytes)).toBeNull()
    }),
    { numRuns: 30 },
  )
})

test('counts values beside each other', () => {
  expect(read(`[${'0,'.repeat(MAX_JSON_VALUES - 1)}0]`)).toBeNull()
  expect(read(`[${'0,'.repeat(MAX_JSON_VALUES)}0]`)).toBe('JSON_TOO_MANY_VALUES')
  expect(read(`[${'[],'.repeat(MAX_JSON_VALUES / 2)}0]`)).toBe('JSON_TOO_MANY_VALUES')
})
