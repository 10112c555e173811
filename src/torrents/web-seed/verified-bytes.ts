import { isPieceOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { SeedingFailure } from '../seeder/seeding-failure.ts'
import type { SharedFile } from '../seeder/shared-file.ts'
import type { ByteRange } from './byte-range.ts'

/** One of the files of a torrent. */
export interface FileOfTorrent {
  readonly torrent: Pick<TorrentInfo, 'pieces' | 'pieceBytes'>
  /** The number of its first piece. */
  readonly firstPiece: number
  /** How much of the file on the disk is of this version. */
  readonly size: number
}

/** So many pieces are read at once: half a mebibyte. */
const PIECES_A_READ = 5

/**
 * Reads a range of a file, whole pieces at a time, each of which is hashed before any of it is given: nobody gets bytes that
 * changed since the files were checked.
 *
 * @yields At most a piece.
 * @throws SeedingFailure PIECES_DAMAGED for a piece with another hash, FILES_TOO_SHORT; the system error.
 */
export async function* verifiedBytes(
  file: Pick<SharedFile, 'path' | 'read'>,
  { torrent, firstPiece, size }: FileOfTorrent,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array> {
  const { pieces, pieceBytes } = torrent
  let piece = Math.floor(from / pieceBytes)
  while (piece * pieceBytes < to) {
    const start = piece * pieceBytes
    const end = Math.min(start + PIECES_A_READ * pieceBytes, Math.ceil(to / pieceBytes) * pieceBytes, size)
    const bytes = await file.read(start, end - start)
    if (bytes.length < end - start)
      throw new SeedingFailure('FILES_TOO_SHORT', `Cannot read ${end - start} bytes at ${start} of ${file.path}`)
    for (let at = 0; at < bytes.length; at += pieceBytes, piece += 1) {
      const whole = bytes.subarray(at, at + pieceBytes)
      if (!isPieceOf(pieces, firstPiece + piece, whole))
        throw new SeedingFailure('PIECES_DAMAGED', `Cannot give piece ${piece} of ${file.path}: it has another hash`)
      yield whole.subarray(Math.max(0, from - start - at), to - start - at)
    }
  }
}
