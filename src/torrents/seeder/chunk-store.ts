import { callbackify } from 'node:util'
import type { ChunkStore } from 'webtorrent'
import type { TorrentFiles } from './torrent-files.ts'

/** The part of a piece that is asked for; all of it where nothing is said. */
interface Block {
  readonly offset?: number
  readonly length?: number
}

/**
 * A store that webtorrent can read pieces from and never write to: what is seeded is nobody's to change.
 *
 * @param onFailedRead Told of every read that failed. webtorrent itself would only leave the asking
 *   peer without an answer.
 * @see https://github.com/mafintosh/abstract-chunk-store
 */
export function createReadOnlyStore(
  files: TorrentFiles,
  pieceBytes: number,
  onFailedRead: (error: unknown) => void,
): ChunkStore {
  async function read(index: number, block: Block | null): Promise<Buffer> {
    const start = index * pieceBytes
    const end = Math.min(start + pieceBytes, files.length)
    const offset = start + (block?.offset ?? 0)
    const length = block?.length ?? end - offset
    if (offset + length > end)
      throw new RangeError(`Cannot read ${length} bytes at ${offset}: piece ${index} ends at ${end}`)
    return files.read(offset, length)
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
