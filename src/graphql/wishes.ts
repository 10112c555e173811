import type { Accepted, CommandMeta, Refusal } from '../commands/command-meta.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Role } from '../domain/events.ts'
import type { Result } from '../domain/result.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { Position } from '../events/recorded-event.ts'
import type { MemberWishes, MemberWishRefusal } from './member-wishes.ts'
import type { Rebuild, RebuildIsRunning } from './rebuilds.ts'
import type { TokenWishes } from './token-wishes.ts'
import type { StartedVerification } from './verifications.ts'
import type { WebhookWishes, WebhookWishRefusal } from './webhooks.ts'

/** A community to take part in. */
export interface AddCommunityInput {
  /** Null: a native community with a new key, of which this node is the control node. */
  readonly communityId: CommunityId | null
  readonly role: Role
  readonly contentTopics: readonly ContentTopic[]
  readonly archiving: boolean
}

/** The range to archive; null where the node is to choose. */
export interface CreateArchiveInput {
  readonly communityId: CommunityId
  readonly from: UnixSeconds | null
  readonly to: UnixSeconds | null
}

/** A message as a client sends it, not checked yet. Byte fields are hex with `0x`. */
export interface MessageInput {
  readonly sig?: string | null | undefined
  /** Unix seconds. */
  readonly timestamp: number
  readonly topic: string
  readonly payload: string
  readonly padding?: string | null | undefined
  readonly hash?: string | null | undefined
  readonly thirdPartyId?: string | null | undefined
}

/** A message that was not recorded: its place in the call, and what is wrong with it. */
export interface RejectedMessage {
  readonly index: number
  readonly code: string
}

/** What became of the messages of one call. */
export interface RecordedMessages {
  readonly recorded: number
  readonly duplicates: number
  readonly rejected: readonly RejectedMessage[]
}

/** A control node of a native community signs with the community's private key, which is not here. */
export interface CommunityKeyMissing {
  readonly type: 'CommunityKeyMissing'
}
/** A member cannot make a community, so it has to name the one it joins. */
export interface CommunityIdMissing {
  readonly type: 'CommunityIdMissing'
}

/** The disk has too little space left for the archives, and for what the node records while it makes them. */
export interface DiskTooFull {
  readonly type: 'DiskTooFull'
  readonly neededBytes: number
  readonly freeBytes: number
}
/** The community's archives would take more than its quota: data, index and torrent file. */
export interface QuotaExceeded {
  readonly type: 'QuotaExceeded'
  readonly neededBytes: number
  readonly quotaBytes: number
}

/** What the node may take of its disk would not do: archives and messages of all communities. */
export interface NodeQuotaExceeded {
  readonly type: 'NodeQuotaExceeded'
  readonly neededBytes: number
  readonly nodeQuotaBytes: number
}

/** Why there is no room for a run. */
export type NoRoom = DiskTooFull | QuotaExceeded | NodeQuotaExceeded

/** The log is not what was written, or not what was signed: the node does not vouch for it. */
export interface LogAltered {
  readonly type: 'LogAltered'
}

/** A file of a community's archives. */
export interface PurgedFile {
  /** Its path below the folder of all archives, with `/`. */
  readonly name: string
  readonly bytes: number
}

/** What is deleted, or would be. */
export interface Purged {
  /** Nothing was deleted: it was only asked. */
  readonly dryRun: boolean
  readonly files: readonly PurgedFile[]
  /** What of it could not be deleted, by its path now. */
  readonly remaining: readonly PurgedFile[]
  /** The event; null where there was nothing to tell, or nothing was done. */
  readonly position: Position | null
}

/** What was forgotten. */
export interface Forgotten {
  /** How many messages were deleted. */
  readonly messages: number
  /** Whether nothing is left of it; where something is, it is tried again at the next start. */
  readonly isErased: boolean
  /** The event; null where it was forgotten before. */
  readonly position: Position | null
}

/** Checks of files that go on. */
export interface StartedVerifications {
  readonly verifications: readonly StartedVerification[]
}

/** A checkpoint of the log, in a note that can be kept elsewhere. */
export interface SignedCheckpoint {
  /** The event; null where the last checkpoint says all there is to say. */
  readonly position: Position | null
  /** How many events it covers. */
  readonly size: number
  readonly note: string
  /** The key that signed, as tools for signed notes take it. */
  readonly noteKey: string
}

/** A rebuild that goes on, as it began. */
export interface StartedRebuild {
  readonly rebuild: Rebuild
}

/** Refusals of what a reactor observed or scheduled, which no wish of a client leads to. */
type ObservationRefusal =
  | 'SeedingNotWanted'
  | 'TorrentNotReplaced'
  | 'TorrentNotKept'
  | 'RunNotActive'
  | 'DataNotAppended'
  | 'NotDueYet'
  | 'NodeNotFollowed'
  | 'SignerUnknown'
  | 'DownloadNotActive'
  | 'GenerationClosed'
  | 'ArchiveNotDownloaded'
  | 'ImportNotActive'

/** Every refusal that a client of the API can be given. */
export type WishRefusal =
  | Exclude<Refusal, { readonly type: ObservationRefusal }>
  | CommunityKeyMissing
  | CommunityIdMissing
  | NoRoom
  | LogAltered
  | RebuildIsRunning
  | MemberWishRefusal
  | WebhookWishRefusal

/** Wishes that take more than a command: a key, the clock, the messages. */
export interface Wishes extends MemberWishes, TokenWishes, WebhookWishes {
  /** `result.communityId` names the community, also where its key was made here. */
  addCommunity(input: AddCommunityInput, meta: CommandMeta): Promise<Result<Accepted, Refusal | CommunityKeyMissing>>
  /** `result.runId` names the run, which goes on after the answer. */
  createArchive(input: CreateArchiveInput, meta: CommandMeta): Promise<Result<Accepted, Refusal | NoRoom>>
  /** Announces the torrent that is served, again if need be, with a higher clock. */
  dispatchMagnetlink(
    communityId: CommunityId,
    meta: CommandMeta,
  ): Promise<Result<Accepted, Refusal | CommunityKeyMissing>>
  /** Deletes the files of the archives of a community that was left, or only names them. */
  purgeCommunity(communityId: CommunityId, dryRun: boolean, meta: CommandMeta): Promise<Result<Purged, Refusal>>
  /** Deletes the messages and keys of a community that was purged, and whatever else is kept of it beside the log. */
  forgetCommunity(communityId: CommunityId, meta: CommandMeta): Promise<Result<Forgotten, Refusal>>
  /** Begins to check and mend the files of a community, or of all that have an archive where none is named. */
  verifyArchives(communityId: CommunityId | null, meta: CommandMeta): Promise<Result<StartedVerifications, Refusal>>
  /** Vouches for the log as it is now. */
  signCheckpoint(meta: CommandMeta): Promise<Result<SignedCheckpoint, Refusal | LogAltered>>
  /** Begins to rebuild the read models. */
  rebuildProjections(meta: CommandMeta): Promise<Result<StartedRebuild, Refusal | RebuildIsRunning>>
  /** Records the good ones; answers once they are on the disk. */
  recordMessages(
    communityId: CommunityId,
    messages: readonly MessageInput[],
    meta: CommandMeta,
  ): Promise<Result<RecordedMessages, Refusal>>
}
