import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'

/**
 * WHOLE: all pieces that should be here are hashed before they are served. IF_CHANGED: not those that are as they were when they were last
 * hashed and found good, as `stampPath` tells.
 */
export type FileCheck = 'WHOLE' | 'IF_CHANGED'

/** So many torrents are opened and checked at once: enough for the disk, few for the limit of open files. */
export const CHECKED_AT_ONCE = 16

/** One version of a community's archives: what the torrent client needs to serve it. */
export interface TorrentToServe {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** The `.torrent` file of this version. Its own tracker list is not used. */
  readonly torrentPath: string
  /** The `data` file, shared by all versions of a generation, so it may be longer than this one. */
  readonly dataPath: string
  /** How much of `data` belongs to this version, in bytes. */
  readonly dataBytes: number
  readonly indexPath: string
  /**
   * Where to note down what the files were like when they were hashed and found good. Packing notes down there how much
   * of the version before still is so.
   */
  readonly stampPath: string
  /**
   * Which pieces of `data` are here, see `HeldPieces`, where it may have holes: these alone are offered, and the index if it
   * is whole. Null: all of it is here.
   */
  readonly heldPath: string | null
  /** Announce URLs: these and no others. */
  readonly trackers: readonly string[]
  /** Those of `trackers` that the operator named: they may be on a private network, see `TorrentClientSettings`. */
  readonly trustedTrackers: readonly string[]
  readonly check: FileCheck
}

/** How much of a torrent is served. */
export interface ServedParts {
  /**
   * How many pieces `heldPath`, or the index, should have had and did not: they are not offered, and no longer noted as held.
   * Always 0 where all of it has to be there.
   */
  readonly struck: number
}
