import { describe, expect, test } from 'vitest'
import { parseByteRange } from '../../../src/torrents/web-seed/byte-range.ts'

describe('a Range header', () => {
  test.each([
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=2-5', { from: 2, to: 6 }],
    ['bytes=2-', { from: 2, to: 10 }],
    ['bytes=9-999999999999999', { from: 9, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-11', { from: 0, to: 10 }],
    ['BYTES= 1 - 2', { from: 1, to: 3 }],
    ['bytes=10-', 'UNSATISFIABLE'],
    ['bytes=10-12', 'UNSATISFIABLE'],
    ['bytes=-0', 'UNSATISFIABLE'],
    // What says nothing that is understood is no range.
    ['bytes=5-4', 'WHOLE'],
    ['bytes=0-1,3-4', 'WHOLE'],
    ['bytes=-', 'WHOLE'],
    ['bytes=a-b', 'WHOLE'],
    ['bytes=1e1-', 'WHOLE'],
    ['bytes=1 0-2 0', 'WHOLE'],
    ['by tes=1-2', 'WHOLE'],
    ['bytes=00000000000000000001-', 'WHOLE'],
    ['pieces=0-1', 'WHOLE'],
    ['', 'WHOLE'],
    [undefined, 'WHOLE'],
  ])('of %s means %o of ten bytes', (header, range) => {
    expect(parseByteRange(header, 10)).toEqual(range)
  })
})
