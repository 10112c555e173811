import { callbackify } from 'node:util'
import type { ChunkStore } from 'webtorrent'
import { isPieceOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { createReadOnlyStore } from './chunk-store.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { WritableFiles } from './writable-files.ts'

/** What a store tells by itself. */
export interface StoreObserver {
  /** A piece was written. */
  onWritten(this: void, piece: number, bytes: number): void
  /** A piece that was read is damaged: peers do not get it, and a later fetch may mend it. */
  onDamaged(this: void): void
  /** A read failed for any other reason. */
  onFailedRead(this: void, error: unknown): void
}

/**
 * A store that webtorrent can read pieces from, and through which it can write some of them: those that are wanted, with
 * the hash that the torrent names, and nothing else.
 *
 * @param wanted The pieces that may be written.
 */
export function createWritingStore(
  { pieces, pieceBytes }: Pick<TorrentInfo, 'pieces' | 'pieceBytes'>,
  files: WritableFiles,
  wanted: ReadonlySet<number>,
  { onWritten, onDamaged, onFailedRead }: StoreObserver,
): ChunkStore {
  async function write(piece: number, bytes: Uint8Array): Promise<void> {
    if (!wanted.has(piece)) throw new Error(`Cannot write piece ${piece}: it is not one of those to fetch`)
    if (!isPieceOf(pieces, piece, bytes)) throw new Error(`Cannot write piece ${piece}: it has another hash`)
    await files.write(piece * pieceBytes, bytes)
    onWritten(piece, bytes.length)
  }

  function failRead(error: unknown): void {
    if (error instanceof SeedingFailure) onDamaged()
    else onFailedRead(error)
  }

  const writeBack = callbackify(write)
  return {
    ...createReadOnlyStore({ pieces, pieceBytes }, files, failRead),
    put: (piece, bytes, done) => writeBack(piece, bytes, (error) => done?.(error)),
  }
}
