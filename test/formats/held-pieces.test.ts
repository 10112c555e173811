import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  heldRangesOf,
  isOtherPieceHeld,
  isPieceHeld,
  openHeldFile,
  readHeldPieces,
  type DataPieces,
} from '../../src/formats/held-pieces.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const HASH_BYTES = 20
/** Six pieces of data and one of the index, whose hashes are 20 times their number and one. */
const TORRENT: DataPieces = {
  pieceBytes: 100,
  dataBytes: 600,
  pieces: Buffer.concat([1, 2, 3, 4, 5, 6, 7].map((byte) => hashOf(byte))),
}

function hashOf(byte: number): Buffer {
  return Buffer.alloc(HASH_BYTES, byte)
}

describe('held pieces', () => {
  test('are those whose hash stands at their place', () => {
    const held = Buffer.concat([1, 2, 9, 0, 5].map((byte) => hashOf(byte)))
    expect(heldRangesOf(held, TORRENT)).toEqual([
      { from: 0, to: 2 },
      { from: 4, to: 5 },
    ])
    expect([...Array(7).keys()].filter((piece) => isOtherPieceHeld(held, TORRENT, piece))).toEqual([2])
  })

  test('are never those of the index, nor those that are no pieces', () => {
    const held = Buffer.concat([1, 2, 3, 4, 5, 6, 7].map((byte) => hashOf(byte)))
    expect([-1, 6, 7].filter((piece) => isPieceHeld(held, TORRENT, piece))).toEqual([])
  })

  test('are none where there is no file, nor where an entry is cut short', async () => {
    const path = join(createTemporaryFolder(), 'held.0')
    expect(heldRangesOf(await readHeldPieces(path), TORRENT)).toEqual([])
    writeFileSync(path, Buffer.concat([hashOf(1), hashOf(2)]))
    truncateSync(path, 2 * HASH_BYTES - 1)
    expect(heldRangesOf(await readHeldPieces(path), TORRENT)).toEqual([{ from: 0, to: 1 }])
  })
})

describe('the file of them', () => {
  test('says after any changes what the last one said of each piece', async () => {
    const hash = fc.option(fc.integer({ min: 1, max: 255 }).map((byte) => hashOf(byte)))
    const changes = fc.array(fc.tuple(fc.nat(12), hash), { maxLength: 12 }).map((entries) => new Map(entries))
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 4 }), async (all) => {
        const path = join(createTemporaryFolder(), 'held.0')
        const expected = new Map<number, Uint8Array | null>()
        for (const some of all) {
          const file = await openHeldFile(path) // Opened anew: nothing that was there is lost.
          await file.write(some)
          await file.close()
          some.forEach((entry, piece) => expected.set(piece, entry))
        }
        const held = await readHeldPieces(path)
        for (let piece = 0; piece <= 12; piece += 1) {
          const entry = Buffer.alloc(HASH_BYTES)
          entry.set(held.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES))
          expect(entry).toEqual(Buffer.from(expected.get(piece) ?? hashOf(0)))
        }
      }),
      { numRuns: 30 },
    )
  })

  test('is created empty, and may be open twice', async () => {
    const path = join(createTemporaryFolder(), 'held.0')
    const [one, other] = [await openHeldFile(path), await openHeldFile(path)]
    expect(statSync(path).size).toBe(0)
    await Promise.all([one.write(new Map([[0, hashOf(1)]])), other.write(new Map([[2, hashOf(3)]]))])
    await Promise.all([one.close(), other.close()])
    expect(readFileSync(path)).toEqual(Buffer.concat([1, 0, 3].map((byte) => hashOf(byte))))
  })
})
