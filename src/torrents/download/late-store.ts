import type { ChunkStore } from 'webtorrent'
import { PIECE_BYTES } from '../../domain/archive.ts'

/** A store that webtorrent has before it is known where the pieces are. */
export interface LateStore {
  readonly store: ChunkStore
  /** From now on it is this one. */
  open(store: ChunkStore): void
}

/** Creates one that has no pieces and takes none, until it is opened. */
export function createLateStore(): LateStore {
  let opened: ChunkStore | null = null
  const missing = (piece: number): Error => new Error(`Cannot use piece ${piece}: its files are not open yet`)
  return {
    store: {
      chunkLength: PIECE_BYTES,
      get(piece, options, done) {
        if (opened !== null) return opened.get(piece, options, done)
        const answer = typeof options === 'function' ? (options as NonNullable<typeof done>) : done
        answer?.(missing(piece))
      },
      put(piece, bytes, done) {
        if (opened !== null) return opened.put(piece, bytes, done)
        done?.(missing(piece))
      },
      // Whoever opened the files closes them.
      close: (done) => done?.(null),
      destroy: (done) => done?.(null),
    },
    open(store) {
      opened = store
    },
  }
}
