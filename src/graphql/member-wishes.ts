import type { Accepted, CommandMeta, Refusal } from '../commands/command-meta.ts'
import type { BearerToken } from '../domain/bearer-token.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import type { Clock, Signature } from '../domain/magnet.ts'
import type { MagnetFault } from '../domain/parse-magnet.ts'
import type { Result } from '../domain/result.ts'
import type { Selection } from '../domain/selection.ts'

/** A node whose links are to be taken. */
export interface FollowNodeInput {
  readonly communityId: CommunityId
  readonly url: FollowUrl
  /** The key that has to sign, 32 bytes in hex. Null: keep what is pinned, or pin the first. */
  readonly nodeKey: string | null
  /** What lets this node in there. A secret. Null: keep what there is. */
  readonly token: BearerToken | null
}

/** A link that a client hands over. */
export interface SubmitMagnetlinkInput {
  readonly communityId: CommunityId
  /** Not checked yet. */
  readonly magnetUri: string
  readonly clock: Clock
  /** Null: nobody signed. The key of a native community is its id, whatever was sent. */
  readonly proof: Signature | null
}

/** What is to be fetched. Null: what was chosen for the community, or all that is missing. */
export interface DownloadArchivesInput {
  readonly communityId: CommunityId
  readonly selection: Selection | null
}

/** What was handed over is no magnet link of one torrent. */
export interface MagnetlinkMalformed {
  readonly type: 'MagnetlinkMalformed'
  readonly reason: MagnetFault
}
/** The name in the link is the id of another community. */
export interface OtherCommunity {
  readonly type: 'OtherCommunity'
}
/** A host leads into the local network, which the settings do not allow. */
export interface AddressRefused {
  readonly type: 'AddressRefused'
  readonly host: string
}
/** A token would be sent in clear: only what is encrypted leaves the local network. */
export interface FollowNotEncrypted {
  readonly type: 'FollowNotEncrypted'
  readonly host: string
}
/** The signature is not by this key over this community, clock and magnet link. */
export interface SignatureInvalid {
  readonly type: 'SignatureInvalid'
}

/** Why a wish of a member is not granted, beside what the decider says. */
export type MemberWishRefusal =
  MagnetlinkMalformed | OtherCommunity | AddressRefused | FollowNotEncrypted | SignatureInvalid

/** Wishes of members that take more than a command: a secret, a signature, the network's rules, the messages. */
export interface MemberWishes {
  /** Keeps the token before the event. Granted before, it still takes another token, and uses it at once. */
  followNode(
    input: FollowNodeInput,
    meta: CommandMeta,
  ): Promise<Result<Accepted, Refusal | AddressRefused | FollowNotEncrypted>>
  /** Forgets the token too. */
  unfollowNode(communityId: CommunityId, url: FollowUrl, meta: CommandMeta): Promise<Result<Accepted, Refusal>>
  /** Checks the link as one that came from elsewhere, and believes it. */
  submitMagnetlink(
    input: SubmitMagnetlinkInput,
    meta: CommandMeta,
  ): Promise<Result<Accepted, Refusal | MemberWishRefusal>>
  /** Starts a download of the newest link's torrent, or another one that wants what the running one does not. */
  downloadArchives(input: DownloadArchivesInput, meta: CommandMeta): Promise<Result<Accepted, Refusal>>
  /** `result.importId` names the import, which goes on after the answer. What is in quarantine is tried again. */
  importArchives(communityId: CommunityId, meta: CommandMeta): Promise<Result<Accepted, Refusal>>
  /** Puts back what the last import removed. */
  undoImport(communityId: CommunityId, meta: CommandMeta): Promise<Result<Accepted, Refusal>>
}
