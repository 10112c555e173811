import { expect, test } from 'vitest'
import { groupArchives } from '../../../src/app/importing/group-archives.ts'

const PIECE = 102_400

test('short archives are in groups of a mebibyte, and a long one is alone', () => {
  const sizes = [...Array<number>(11).fill(PIECE), 20 * PIECE, PIECE, PIECE]
  const archives = sizes.map((sizeBytes, n) => ({ n, sizeBytes }))
  const groups = groupArchives(archives)
  expect(groups.map((group) => group.length)).toEqual([10, 1, 1, 2])
  expect(groups.flat()).toEqual(archives)
  expect(groupArchives([])).toEqual([])
})
