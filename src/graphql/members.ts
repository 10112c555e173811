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
  /** Archives that are wanted and here, and all that are wanted; null until the index is known. */
  readonly archives: number
  readonly totalArchives: number | null
  /** Bytes of wanted pieces that were fetched, and all that were missing; null until the index is known. */
  readonly bytes: number
  readonly totalBytes: number | null
  readonly bytesPerSecond: number
  /** With whom a connection is open. */
  readonly peers: number
  /** Null while that cannot be told. */
  readonly secondsLeft: number | null
  /** Why nothing comes in; null while something does, or it is too early to tell. */
  readonly waitingFor: DownloadFailureCode | null
}

/** What an import would do now. Each message counts once, in however many archives it is. */
export interface ImportPreview {
  /** How many archives would be taken over, of those that are here and were not yet, and how many cannot be. */
  readonly archives: number
  readonly unreadable: number
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
  /** Reads all that would be imported. Zeros where nothing of the community is here. */
  previewImport(communityId: CommunityId): Promise<ImportPreview>
  /** All that is known of why history may be missing, as of now. */
  readEvidence(communityId: CommunityId): Promise<Evidence>
}
