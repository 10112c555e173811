import type { RunId } from './archive.ts'
import type { SettingOutOfRange, TooManyTrackers } from './community-settings.ts'
import type { ContentTopic } from './content-topic.ts'
import type { Role } from './events.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock } from './magnet.ts'
import type { MemberRefusal } from './member-refusals.ts'
import type { SelectionEmpty } from './selection.ts'
import type { UnixSeconds } from './time.ts'
import type { TokenRefusal } from './token-refusals.ts'
import type { WebhookRefusal } from './webhook-refusals.ts'

/** This node does not know the community. */
export interface CommunityNotFound {
  readonly type: 'CommunityNotFound'
}
/** This node left the community; adding it again brings it back. */
export interface CommunityWasLeft {
  readonly type: 'CommunityWasLeft'
}
/** The community is here already, not as wished. Its role changes by leaving first, the rest by a wish of its own. */
export interface CommunityAlreadyAdded {
  readonly type: 'CommunityAlreadyAdded'
  readonly role: Role
}
/** Only a control node creates archives and dispatches magnet links. */
export interface NotControlNode {
  readonly type: 'NotControlNode'
}
/** The community did not opt in to archiving. */
export interface ArchivingIsDisabled {
  readonly type: 'ArchivingIsDisabled'
}
/** Archiving is switched off for the whole node. */
export interface ProtocolIsDisabled {
  readonly type: 'ProtocolIsDisabled'
}
/** Without content topics no message belongs to the community. */
export interface NoContentTopics {
  readonly type: 'NoContentTopics'
}
/** The same content topic stands twice in the list. */
export interface ContentTopicRepeated {
  readonly type: 'ContentTopicRepeated'
  readonly contentTopic: ContentTopic
}
/** More content topics than a community can have. */
export interface TooManyContentTopics {
  readonly type: 'TooManyContentTopics'
  readonly limit: number
}
/** Another run of this community has not ended yet. */
export interface ArchiveCreationRunning {
  readonly type: 'ArchiveCreationRunning'
  readonly runId: RunId
}
/** Runs are contiguous: this one must begin at `expectedFrom`, or before it for the first run. */
export interface RangeNotNext {
  readonly type: 'RangeNotNext'
  readonly expectedFrom: UnixSeconds
}
/** `from` is not before `to`. */
export interface RangeEmpty {
  readonly type: 'RangeEmpty'
  readonly from: UnixSeconds
  readonly to: UnixSeconds
}
/** `to` is later than now. */
export interface RangeInFuture {
  readonly type: 'RangeInFuture'
  readonly now: UnixSeconds
}
/** No message of the community's topics is recorded, so there is nowhere to begin. */
export interface NoMessagesYet {
  readonly type: 'NoMessagesYet'
}
/** The community has no archive that could be served. */
export interface NoArchiveYet {
  readonly type: 'NoArchiveYet'
}
/** An operator withdrew the community's seeding. */
export interface SeedingIsWithdrawn {
  readonly type: 'SeedingIsWithdrawn'
}
/** Nothing is announced that is not recorded as served. */
export interface TorrentNotServed {
  readonly type: 'TorrentNotServed'
}
/** The clock is not above the last one. */
export interface ClockNotHigher {
  readonly type: 'ClockNotHigher'
  readonly last: Clock
}
/** The torrent is not among those that this community wants served now. */
export interface SeedingNotWanted {
  readonly type: 'SeedingNotWanted'
  readonly infoHash: InfoHash
}
/** No newer torrent of the community was served, so this one cannot have been replaced. */
export interface TorrentNotReplaced {
  readonly type: 'TorrentNotReplaced'
  readonly infoHash: InfoHash
}
/** The torrent has no part in its community's rollover any more. */
export interface TorrentNotKept {
  readonly type: 'TorrentNotKept'
  readonly infoHash: InfoHash
}
/** The run ended already, or never began. */
export interface RunNotActive {
  readonly type: 'RunNotActive'
  readonly runId: RunId
}
/** A run by itself waits for its interval, or for one whole partition. */
export interface NotDueYet {
  readonly type: 'NotDueYet'
  readonly dueAt: UnixSeconds
}
/** Files are purged only of a community that was left. */
export interface CommunityNotLeft {
  readonly type: 'CommunityNotLeft'
}
/** A community is forgotten only once its files were purged. */
export interface CommunityNotPurged {
  readonly type: 'CommunityNotPurged'
}
/** A torrent of the community is still recorded as served. */
export interface StillServed {
  readonly type: 'StillServed'
}

/** The new archives do not begin where `data` ended, so bytes that are served would change. */
export interface DataNotAppended {
  readonly type: 'DataNotAppended'
  readonly expectedOffset: number
}

/** No work of this reactor is parked for the community. */
export interface NothingParked {
  readonly type: 'NothingParked'
}

/** Why a wish is not granted: the state that bars the way. */
export type DomainRefusal =
  | CommunityNotFound
  | CommunityWasLeft
  | CommunityAlreadyAdded
  | NotControlNode
  | ArchivingIsDisabled
  | ProtocolIsDisabled
  | NoContentTopics
  | ContentTopicRepeated
  | TooManyContentTopics
  | ArchiveCreationRunning
  | RangeNotNext
  | RangeEmpty
  | RangeInFuture
  | NoMessagesYet
  | NoArchiveYet
  | SeedingIsWithdrawn
  | TorrentNotServed
  | ClockNotHigher
  | SeedingNotWanted
  | TorrentNotReplaced
  | TorrentNotKept
  | RunNotActive
  | DataNotAppended
  | NotDueYet
  | SettingOutOfRange
  | TooManyTrackers
  | CommunityNotLeft
  | CommunityNotPurged
  | StillServed
  | SelectionEmpty
  | NothingParked
  | MemberRefusal
  | TokenRefusal
  | WebhookRefusal
