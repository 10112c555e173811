import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findBadPieces, type PieceSource } from '../../src/formats/bad-pieces.ts'
import { pieceHashesOf } from '../../src/formats/piece-hashes.ts'

const PIECE_BYTES = 300_000

function sourceOf(bytes: Uint8Array, length = bytes.length, firstPiece = 0): PieceSource {
  return { firstPiece, length, read: async (offset, wanted) => bytes.subarray(offset, offset + wanted) }
}

describe('findBadPieces', () => {
  test('finds the pieces that were changed, whatever the lengths, from any piece on', async () => {
    const shape = fc.record({
      pieceBytes: fc.integer({ min: 1, max: 9 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
      flipped: fc.array(fc.nat(), { maxLength: 4 }),
      fromPiece: fc.nat({ max: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ pieceBytes, bytes, flipped, fromPiece }) => {
        const pieces = pieceHashesOf(bytes, pieceBytes)
        const damaged = Uint8Array.from(bytes)
        for (const at of flipped) damaged[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1
        const expected = new Set(flipped.map((at) => Math.floor((at % bytes.length) / pieceBytes)))
        const found = await Array.fromAsync(findBadPieces({ pieces, pieceBytes }, sourceOf(damaged), fromPiece))
        expect(found).toEqual([...expected].filter((piece) => piece >= fromPiece).sort((one, other) => one - other))
      }),
    )
  })

  test('counts the pieces of a later file on from the ones before', async () => {
    const [before, file] = [new Uint8Array(2 * PIECE_BYTES), new Uint8Array(PIECE_BYTES + 1).fill(1)]
    const hashes = [before, file].map((bytes) => pieceHashesOf(bytes, PIECE_BYTES))
    const torrent = { pieces: Buffer.concat(hashes), pieceBytes: PIECE_BYTES }
    expect(await Array.fromAsync(findBadPieces(torrent, sourceOf(file, file.length, 2)))).toEqual([])
    expect(await Array.fromAsync(findBadPieces(torrent, sourceOf(file.with(0, 2), file.length, 2)))).toEqual([2])
    expect(await Array.fromAsync(findBadPieces(torrent, sourceOf(file.with(PIECE_BYTES, 2), file.length, 2)))).toEqual([
      3,
    ])
  })

  test('finds every piece bad that is not all there, over several reads', async () => {
    const bytes = new Uint8Array(20 * PIECE_BYTES)
    const torrent = { pieces: pieceHashesOf(bytes, PIECE_BYTES), pieceBytes: PIECE_BYTES }
    const cut = sourceOf(bytes.subarray(0, 17 * PIECE_BYTES - 1), bytes.length)
    expect(await Array.fromAsync(findBadPieces(torrent, cut))).toEqual([16, 17, 18, 19])
  })

  test('reads no further than to the first bad piece until it is asked', async () => {
    const bytes = new Uint8Array(20 * PIECE_BYTES)
    const torrent = { pieces: pieceHashesOf(bytes, PIECE_BYTES), pieceBytes: PIECE_BYTES }
    const reads: number[] = []
    const { read, ...rest } = sourceOf(bytes.with(0, 1))
    const source: PieceSource = {
      ...rest,
      read(offset, length) {
        reads.push(offset)
        return read(offset, length)
      },
    }
    expect(await findBadPieces(torrent, source).next()).toEqual({ done: false, value: 0 })
    expect(reads).toEqual([0])
  })
})
