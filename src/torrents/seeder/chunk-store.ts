import { callbackify } from 'node:util'
import type { ChunkStore } from 'webtorrent'
import { isPieceOf } from '../../formats/piece-hashes.ts'
import type { TorrentInfo } from '../../formats/torrent-file.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { TorrentFiles } from './torrent-files.ts'

/** The part of a piece that is asked for; all of it where nothing is said. */
interface Block {
  readonly offset?: number
  readonly length?: number
}

/**
 * A store that webtorrent can read pieces from and never write to: what is seeded is nobody's to change. Each piece is
 * read whole and hashed before any of it is given, so that no peer gets bytes that changed since the files were checked.
 * Webtorrent asks for whole pieces and keeps the last ones in memory, so not each block costs a hash.
 *
 * @param onFailedRead Told of every read that failed: SeedingFailure PIECES_DAMAGED for a piece with another hash, or what
 *   `files.read` threw. webtorrent itself would only leave the asking peer without an answer.
 * @see https://github.com/mafintosh/abstract-chunk-store
 */
export function createReadOnlyStore(
  { pieces, pieceBytes }: Pick<TorrentInfo, 'pieces' | 'pieceBytes'>,
  files: TorrentFiles,
  onFailedRead: (error: unknown) => void,
): ChunkStore {
  async function read(index: number, block: Block | null): Promise<Buffer> {
    const start = index * pieceBytes
    const length = Math.min(pieceBytes, files.length - start)
    const from = block?.offset ?? 0
    const to = from + (block?.length ?? length - from)
    if (to > length) throw new RangeError(`Cannot read up to ${to}: piece ${index} ends at ${length}`)
    const bytes = await files.read(start, length)
    if (!isPieceOf(pieces, index, bytes))
      throw new SeedingFailure('PIECES_DAMAGED', `Cannot give piece ${index}: it has another hash`)
    return bytes.subarray(from, to)
  }

  const readBack = callbackify(read)
  const closeBack = callbackify(() => files.close())
  const close: ChunkStore['close'] = (done) => closeBack((error) => done?.(error))

  return {
    chunkLength: pieceBytes,
    get(index, options, done) {
      const answer = typeof options === 'function' ? (options as NonNullable<typeof done>) : done
      const block = typeof options === 'function' ? null : (options as Block | null)
      readBack(index, block, (error, bytes) => {
        answer?.(error, bytes)
        if (error !== null && !(error instanceof RangeError)) onFailedRead(error)
      })
    },
    put: (index, _bytes, done) => done?.(new Error(`Cannot write piece ${index}: the store is read-only`)),
    close,
    destroy: close, // Destroying a torrent gives its files up; it does not delete them.
  }
}
