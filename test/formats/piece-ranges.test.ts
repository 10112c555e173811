import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pieceCountOf, piecesIn, rangesOf } from '../../src/formats/piece-ranges.ts'

const PIECES = fc
  .uniqueArray(fc.nat(40), { maxLength: 40 })
  .map((pieces) => pieces.toSorted((one, other) => one - other))

test('pieces as ranges are the same pieces, no two ranges touching', () => {
  fc.assert(
    fc.property(PIECES, (pieces) => {
      const ranges = rangesOf(pieces)
      expect([...piecesIn(ranges)]).toEqual(pieces)
      expect(pieceCountOf(ranges)).toBe(pieces.length)
      expect(ranges.every(({ from }, index) => from > (ranges[index - 1]?.to ?? -1))).toBe(true)
    }),
  )
})
