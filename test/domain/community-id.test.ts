import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identityOf, parseCommunityId, type CommunityId } from '../../src/domain/community-id.ts'

const native = 'a1'.repeat(32)
const foreign = `02${native}`

describe('parseCommunityId', () => {
  test.each([`0x${native}`, `0x${foreign}`, `0x03${native}`])('takes %s', (text) => {
    expect(parseCommunityId(text)).toEqual({ ok: true, value: text })
  })

  test('writes it in lower case', () => {
    expect(parseCommunityId(`0X${native.toUpperCase()}`)).toEqual({ ok: true, value: `0x${native}` })
  })

  test.each([
    '',
    '0x',
    native,
    `0x${native}0`,
    `0x${native.slice(1)}`,
    `0x04${native}`,
    `0x${native.slice(1)}g`,
    ` 0x${native}`,
    `0x${native}\n`,
    `0x${foreign}00`,
  ])('refuses %j', (text) => {
    expect(parseCommunityId(text)).toEqual({ ok: false, error: { type: 'InvalidCommunityId', text } })
  })

  test('never throws, and parses what it gave', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^0[xX][0-9a-fA-F]{64,66}$/))
    fc.assert(
      fc.property(text, (any) => {
        const parsed = parseCommunityId(any)
        if (parsed.ok) expect(parseCommunityId(parsed.value)).toEqual(parsed)
      }),
    )
  })
})

test('identityOf tells whose key it is', () => {
  expect(identityOf(`0x${native}` as CommunityId)).toBe('NATIVE')
  expect(identityOf(`0x${foreign}` as CommunityId)).toBe('FOREIGN')
})
