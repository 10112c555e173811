import type { ArchiveEntry } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import type { UnixSeconds } from '../../domain/time.ts'
import type { ArchiveVersion } from './previous-version.ts'

/** Which messages to pack, and what to add them to. */
export interface PackingRequest {
  /** The folder that holds one folder a community. */
  readonly archivesDir: string
  readonly communityId: CommunityId
  /** The messages sent in [from, to) are packed, and those that came late. */
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  /** All topics of the community, in its own order. */
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
  /**
   * The version to append to. Null for a community that has none, or whose newest is another's: a generation
   * then begins at length 0, and whatever a broken first run left there is cut off.
   */
  readonly previous: ArchiveVersion | null
  /** The lowest number of a generation that begins; the first where nothing is said. What others packed is passed over. */
  readonly newGeneration?: number
  /** Announce URLs, each a tier of its own. */
  readonly trackers: readonly string[]
  /** Where others reach this node over HTTP, for the web seed that the torrent names; null where they cannot. */
  readonly publicUrl?: string | null
  readonly createdAt: UnixSeconds
  /** The format's own unless a test wants them small. */
  readonly pieceBytes?: number
  readonly chunkBytes?: number
}

/** The version that packing has made: its files are whole and on the disk. */
export interface PackedArchives extends ArchiveVersion {
  /** The archives that it adds to the version before, by offset. */
  readonly archives: readonly ArchiveEntry[]
  readonly indexBytes: number
  /** What the torrent's files come to, `data` and `index`. */
  readonly sizeBytes: number
}
