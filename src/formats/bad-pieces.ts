import { PIECE_HASH_BYTES, pieceHashesOf } from './piece-hashes.ts'
import type { TorrentInfo } from './torrent-file.ts'

/** A stretch of a torrent's bytes that begins on a piece of its own: a file, or all of them. */
export interface PieceSource {
  /** Which piece of the torrent its first one is. */
  readonly firstPiece: number
  readonly length: number
  /** Its bytes from `offset` on: fewer than `length` only where there are no more. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** About how much is read and hashed at once, between which other work gets its turn. */
const READ_BYTES = 1_048_576

/**
 * Checks a stretch of a torrent against the torrent's piece hashes, as a stream.
 *
 * @param fromPiece The first of its own pieces to check; those before it are taken as good.
 * @returns The numbers that the bad pieces have in the torrent, rising, each as soon as it is found.
 *   A piece that is not all there is bad.
 * @throws What `read` throws.
 */
export async function* findBadPieces(
  { pieces, pieceBytes }: Pick<TorrentInfo, 'pieces' | 'pieceBytes'>,
  source: PieceSource,
  fromPiece = 0,
): AsyncGenerator<number, void, undefined> {
  const step = pieceBytes * Math.max(1, Math.round(READ_BYTES / pieceBytes))
  for (let start = fromPiece * pieceBytes; start < source.length; start += step) {
    const wanted = Math.min(step, source.length - start)
    const bytes = await source.read(start, wanted)
    const hashes = pieceHashesOf(bytes, pieceBytes)
    for (let at = 0; at < wanted; at += pieceBytes) {
      const piece = source.firstPiece + (start + at) / pieceBytes
      // What is missing has no hash, and what is cut short has another.
      if (!isSameHash(hashes, at / pieceBytes, pieces, piece)) yield piece
    }
  }
}

function isSameHash(one: Uint8Array, pieceOfOne: number, other: Uint8Array, pieceOfOther: number): boolean {
  return Buffer.compare(hashAt(one, pieceOfOne), hashAt(other, pieceOfOther)) === 0
}

function hashAt(hashes: Uint8Array, piece: number): Uint8Array {
  return hashes.subarray(piece * PIECE_HASH_BYTES, (piece + 1) * PIECE_HASH_BYTES)
}
