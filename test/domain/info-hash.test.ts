import { describe, expect, test } from 'vitest'
import { parseInfoHash } from '../../src/domain/info-hash.ts'

const hash = '0123456789abcdef0123456789abcdef01234567'

describe('parseInfoHash', () => {
  test.each([hash, hash.toUpperCase()])('takes %s, in lower case', (text) => {
    expect(parseInfoHash(text)).toEqual({ ok: true, value: hash })
  })

  test.each(['', 'C0FFEE', hash.slice(1), `${hash}0`, `0x${hash.slice(2)}`, `${hash.slice(1)}g`, `${hash}\n`])(
    'refuses %j',
    (text) => {
      expect(parseInfoHash(text)).toEqual({ ok: false, error: { type: 'InvalidInfoHash', text } })
    },
  )
})
