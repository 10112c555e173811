import type { CommunityId } from '../../domain/community-id.ts'

/** The upload limit of a community, in bytes a second. */
export interface CommunityLimit {
  readonly communityId: CommunityId
  readonly uploadBytesPerSecond: number
}

/** How fast the torrent client may be, in bytes a second. Null: no limit. */
export interface TorrentLimits {
  /** All that is sent to peers, protocol included. */
  readonly uploadBytesPerSecond: number | null
  /** All that comes from peers, protocol included. */
  readonly downloadBytesPerSecond: number | null
  /** What peers are given of archives, for the communities that have a limit of their own: that of the whole holds too. */
  readonly communities: readonly CommunityLimit[]
}

/** As fast as it goes. */
export const NO_LIMITS: TorrentLimits = {
  uploadBytesPerSecond: null,
  downloadBytesPerSecond: null,
  communities: [],
}
