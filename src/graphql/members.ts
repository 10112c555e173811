import type { DownloadId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Evidence } from '../domain/evidence.ts'
import type { DownloadFailureCode, FollowFailureCode, LinkRefusalCode } from '../domain/failure-codes.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import type { UnixMillis } from '../domain/time.ts'

/** What following a node has come to. Sampled, never recorded. */
export type FollowState =
  | { readonly status: 'CONNECTING' | 'CONNECTED' }
  | { readonly status: 'WAITING'; readonly code: FollowFailureCode; readonly nextTryAt: UnixMillis }

/** How far a download is at this moment. Sampled, never recorded. */
export interface DownloadProgress {
  readonly downloadId: DownloadId
  /** Of those that are wanted, how many are here, and how many there are; null until the index was read. */
  readonly archives: number
  readonly archivesTotal: number | null
  /** The same in bytes, whole pieces. */
  readonly bytes: number
  readonly bytesTotal: number | null
  readonly bytesPerSecond: number
  /** With whom a connection is open. */
  readonly peers: number
  /** Null while that cannot be told. */
  readonly secondsLeft: number | null
  /** Why it does not get on; null while it does. */
  readonly waitingFor: DownloadFailureCode | null
}

/** What an import would do now. Each message counts once, in however many archives it is. */
export interface ImportPreview {
  /** How many archives would be taken over: those that are here, and were not yet. */
  readonly archives: number
  /** Messages of theirs that are not here, and that are. */
  readonly added: number
  readonly kept: number
  /** Messages that are here, and that the history of the control node does not have. */
  readonly removed: number
}

/** What the API asks about members' work. What does not answer later is asked once a second, so it must be cheap. */
export interface MemberReader {
  /** Null where the node is not followed, or the community is paused. */
  followState(communityId: CommunityId, url: FollowUrl): FollowState | null
  /** How many links were refused for this reason since the process began; those that led to no event too. */
  refusedLinks(communityId: CommunityId, code: LinkRefusalCode): number
  /** Null where no download goes on. */
  downloadProgress(communityId: CommunityId): DownloadProgress | null
  /** Reads all that would be imported. Null where the community is unknown, or no archive of it is here. */
  previewImport(communityId: CommunityId): Promise<ImportPreview | null>
  /** All that is known of why history may be missing, as of now. */
  readEvidence(communityId: CommunityId): Promise<Evidence>
}
