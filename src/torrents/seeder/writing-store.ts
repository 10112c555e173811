import { callbackify } from 'node:util'
import type { ChunkStore } from 'webtorrent'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { createReadOnlyStore } from './chunk-store.ts'
import type { WritableFiles } from './writable-files.ts'

/**
 * A store that webtorrent can read pieces from, and through which it can write some of them: those that are wanted, with
 * the hash that the torrent names, and nothing else.
 *
 * @param wanted The pieces that may be written.
 * @param onFailedRead Told of every read that failed.
 */
export function createWritingStore(
  { pieces, pieceBytes }: Pick<TorrentInfo, 'pieces' | 'pieceBytes'>,
  files: WritableFiles,
  wanted: ReadonlySet<number>,
  onFailedRead: (error: unknown) => void,
): ChunkStore {
  async function write(piece: number, bytes: Uint8Array): Promise<void> {
    if (!wanted.has(piece)) throw new Error(`Cannot write piece ${piece}: it is not one of those to fetch`)
    const expected = pieces.subarray(piece * PIECE_HASH_BYTES, (piece + 1) * PIECE_HASH_BYTES)
    if (Buffer.compare(pieceHashesOf(bytes, pieceBytes), expected) !== 0)
      throw new Error(`Cannot write piece ${piece}: it has another hash`)
    await files.write(piece * pieceBytes, bytes)
  }

  const writeBack = callbackify(write)
  return {
    ...createReadOnlyStore(files, pieceBytes, onFailedRead),
    put: (piece, bytes, done) => writeBack(piece, bytes, (error) => done?.(error)),
  }
}
