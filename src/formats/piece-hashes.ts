import { hash } from 'node:crypto'

/** The length of a SHA-1. */
export const PIECE_HASH_BYTES = 20

/** The SHA-1 of each piece of `bytes`, one after the other; the last piece may be short. */
export function pieceHashesOf(bytes: Uint8Array, pieceBytes: number): Uint8Array {
  const hashes: Buffer[] = []
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    hashes.push(hash('sha1', bytes.subarray(start, start + pieceBytes), 'buffer'))
  }
  return Buffer.concat(hashes)
}

/** Whether `bytes` are the piece of this number among those that `hashes` are of. */
export function isPieceOf(hashes: Uint8Array, piece: number, bytes: Uint8Array): boolean {
  const expected = hashes.subarray(piece * PIECE_HASH_BYTES, (piece + 1) * PIECE_HASH_BYTES)
  return hash('sha1', bytes, 'buffer').equals(expected)
}
