import type { CommunityId } from '../../domain/community-id.ts'
import type { PieceRange } from '../../domain/damage.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { err, type Result } from '../../domain/result.ts'
import type { WebSources } from '../../domain/web-seed.ts'
import type { FetchFailureCode, FetchOptions, FetchOutcome } from './pieces-to-fetch.ts'

/** A torrent that is to be downloaded, all of it or a part. */
export interface TorrentToDownload {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** Announce URLs: these and no others. */
  readonly trackers: readonly string[]
  /** Those of `trackers` that the operator named: they may be on a private network, see `TorrentClientSettings`. */
  readonly trustedTrackers: readonly string[]
  /** Peers to dial besides those that are found, as `address:port`, wherever they are. */
  readonly peers?: readonly string[]
  /** Where it may be had over HTTP, beside peers; nowhere where nothing is said. For private addresses see `privateAddresses`. */
  readonly webSources?: WebSources
  /** The `.torrent` file where it is here already. Its own tracker list is not used. Null: peers are asked (BEP 9). */
  readonly torrentPath: string | null
}

/** Where a download is written to: the same for all of it. */
export interface DownloadFiles {
  /** `data`, which may belong to other versions too and may have holes. Created where it is missing. */
  readonly dataPath: string
  /** Created where it is missing. Pieces of it that are right are found by their hashes. */
  readonly indexPath: string
  /**
   * Which pieces of `data` are here, see `HeldPieces`. They are taken as good, given to peers and never fetched. Those that
   * are fetched are noted there as soon as they are durable. Null: the pieces that the first fetch does not ask for are
   * taken as good, of `index` too, and nothing is noted.
   */
  readonly heldPath: string | null
}

/** Pieces that are to be fetched. */
export interface PiecesToDownload {
  readonly files: DownloadFiles
  /** These and no others are fetched and written; those of them that are here are not fetched again. */
  readonly pieces: readonly PieceRange[]
  /** Gives up after so long without a piece; `STALL_MS` where nothing is said. */
  readonly stallMs?: number
}

/** How a fetch of a download is watched and ended. */
export interface DownloadOptions extends FetchOptions {
  /** Told of pieces that are durable, `data` synced before `held` and that too. At most 2 s or 16 MiB after `onPiece`. */
  readonly onDurable?: (pieces: readonly number[]) => void
}

/** Why the metadata is not known. */
export type MetadataFailureCode = FetchFailureCode

/** The longest info dictionary that is taken from peers: its piece hashes are those of 40 GB. */
export const MAX_METADATA_BYTES = 8_388_608

/** For how long peers are asked for the metadata, where nothing is said. */
export const METADATA_MS = 60_000

/** The info dictionary, bencoded: its SHA-1 is the info hash, and nothing else of it was looked at. */
export type MetadataOutcome = Result<Uint8Array, { readonly code: FetchFailureCode }>

/** What a download does right now, sampled once a second. Never recorded. */
export interface DownloadStats {
  /** Peers with whom a connection is open, and web seeds that gave anything. */
  readonly peers: number
  readonly downloadBytesPerSecond: number
  /** Received since the download was opened, protocol included. */
  readonly downloadedBytes: number
}

/**
 * A download from its magnet link to its last piece, in one swarm: peers that gave the metadata are asked for pieces on the
 * same connections. One call at a time. Where a call was refused with anything but NO_PEERS, NO_METADATA,
 * METADATA_TOO_LARGE, PEERS_WITHOUT_PIECES, STALLED or ABORTED, it has left the swarm: close it, and open another.
 */
export interface Download {
  /**
   * Asks peers for the metadata; resolves at once where it is known. May be asked again.
   *
   * @returns Never hangs: NO_PEERS, NO_METADATA or METADATA_TOO_LARGE after `timeoutMs` (`METADATA_MS`), ABORTED by the
   *   signal, a close or a drop, IN_USE for a torrent that is served or downloaded already, INTERNAL when the process dies;
   *   else what is wrong with the torrent file.
   */
  metadata(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<MetadataOutcome>
  /**
   * Fetches pieces, and writes each in place, whole, once its hash was verified. Meanwhile peers are given what is here.
   * May be called again, for more: an index first, then what it tells to be of use. Asks for the metadata before, for
   * `stallMs` at most, where it is not known.
   *
   * @returns Ok when all of them are durable. Otherwise those that were told to `onPiece` are durable too, unless the
   *   process died or a write failed. PIECES_DAMAGED for a torrent that is none of the archive format, INTERNAL where a
   *   piece of another version is held in the place of one, or another call is under way. NO_PEERS, PEERS_WITHOUT_PIECES and STALLED after `stallMs` without a piece, ABORTED by the signal, a close or a drop, INTERNAL
   *   when the process dies. Never hangs.
   */
  fetch(wanted: PiecesToDownload, options?: DownloadOptions): Promise<FetchOutcome>
  /** Zeros before the first sample, and after the end of the process. */
  stats(): DownloadStats
  /**
   * Leaves the swarm; calls that are under way are ABORTED. Nothing is written after it resolves, and all that was written is
   * durable and noted. Closing twice is harmless. Never hangs.
   */
  close(): Promise<void>
}

/** What is opened while there is no process: it does nothing. */
export const NO_DOWNLOAD: Download = {
  metadata: async () => err({ code: 'INTERNAL' }),
  fetch: async () => err({ code: 'INTERNAL' }),
  stats: () => ({ peers: 0, downloadBytesPerSecond: 0, downloadedBytes: 0 }),
  close: async () => undefined,
}
