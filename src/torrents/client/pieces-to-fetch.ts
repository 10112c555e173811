import type { PieceRange } from '../../domain/damage.ts'
import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { Result } from '../../domain/result.ts'
import type { TorrentToServe } from './torrent-to-serve.ts'

/** Pieces that are to be fetched from the peers of a torrent, and the files that they are written into. */
export interface PiecesToFetch extends Omit<TorrentToServe, 'check' | 'stampPath' | 'heldPath'> {
  /** These and no others are fetched and written. All others of the torrent are taken as good, and given to peers. */
  readonly pieces: readonly PieceRange[]
  /** Peers to dial besides those that are found, as `address:port`. */
  readonly peers?: readonly string[]
  /** Gives up after so long without a piece; 60 s where nothing is said. */
  readonly stallMs?: number
}

/** For how long no piece needs to arrive for a fetch to be given up. */
export const STALL_MS = 60_000

/** How a fetch is watched and ended. */
export interface FetchOptions {
  /** Ends the fetch, as ABORTED. What is written by then is good. */
  readonly signal?: AbortSignal
  /** Told of each piece that was written. It is durable once the fetch has ended, unless the process died. */
  readonly onPiece?: (piece: number) => void
}

/** Why pieces were not fetched. Those that were written by then are good. */
export type FetchFailureCode =
  /**
   * What is wrong with the files or the process. PIECES_DAMAGED: the torrent file. FILES_MISSING: that, or a folder.
   * FILES_TOO_SHORT: a piece that a peer asked for is not there, though it was taken as good.
   */
  | SeedingFailureCode
  /** No peer of the torrent was found. */
  | 'NO_PEERS'
  /** There were peers, and none gave the torrent's metadata in time. */
  | 'NO_METADATA'
  /** The same, and some say that it is longer than `MAX_METADATA_BYTES`. */
  | 'METADATA_TOO_LARGE'
  /** Peers are connected, and none of them has a piece that is wanted. */
  | 'PEERS_WITHOUT_PIECES'
  /** There were peers, and none gave a piece for too long. */
  | 'STALLED'
  | 'ABORTED'
  /** The torrent is served right now, or fetched already. */
  | 'IN_USE'
  /** No space is left on the disk. */
  | 'DISK_FULL'
  /** The system failed to write a file. */
  | 'WRITE_FAILED'

/** Ok when all the pieces are written and durable. */
export type FetchOutcome = Result<void, { readonly code: FetchFailureCode }>
