import type Wire from 'bittorrent-protocol'
import type { FetchFailureCode } from '../client/pieces-to-fetch.ts'
import { FetchFailure } from '../seeder/fetch-failure.ts'
import type { Swarm } from './swarm.ts'

/** Waits for pieces. */
export interface FetchWatch extends Disposable {
  /** A piece was written, of those that are waited for or another. */
  came(piece: number): void
  /** Resolves when all of them were written; rejects with a FetchFailure when none came for too long. */
  readonly ended: Promise<void>
}

/** @param missing The pieces that are waited for. */
export function watchFetch(swarm: Swarm, missing: Iterable<number>, stallMs: number): FetchWatch {
  const remaining = new Set(missing)
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const stall = setTimeout(() => {
    const code = stallCodeOf(swarm, remaining)
    const what = `Cannot fetch ${remaining.size} pieces of ${swarm.torrent.infoHash}: none came for ${stallMs} ms`
    reject(new FetchFailure(code, `${what}, ${swarm.peers().length} peers are there, ${swarm.peersSeen} were seen`))
  }, stallMs)
  return {
    ended,
    came(piece) {
      if (!remaining.delete(piece)) return
      stall.refresh()
      if (remaining.size === 0) resolve()
    },
    [Symbol.dispose]: () => clearTimeout(stall),
  }
}

function stallCodeOf(swarm: Swarm, remaining: ReadonlySet<number>): FetchFailureCode {
  const peers = swarm.peers()
  if (peers.length === 0) return swarm.peersSeen === 0 ? 'NO_PEERS' : 'STALLED'
  return peers.some((wire) => hasAny(wire, remaining)) ? 'STALLED' : 'PEERS_WITHOUT_PIECES'
}

function hasAny({ peerPieces }: Wire, pieces: ReadonlySet<number>): boolean {
  for (const piece of pieces) if (peerPieces.get(piece)) return true
  return false
}
