import type { RunId } from './archive.ts'
import type { CommunityId } from './community-id.ts'
import type { ContentTopic } from './content-topic.ts'
import type { ArchiveCreatedData, Role, UnseededReason } from './events.ts'
import type { ArchiveFailureCode, SeedingFailureCode } from './failure-codes.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { UnixMillis, UnixSeconds } from './time.ts'

/** A wish about one community. Names that begin with Record tell what was observed. */
interface Wish<Type extends string> {
  readonly type: Type
  readonly communityId: CommunityId
}

export interface AddCommunity extends Wish<'AddCommunity'> {
  readonly role: Role
  readonly contentTopics: readonly ContentTopic[]
  readonly archiving: boolean
}
export type LeaveCommunity = Wish<'LeaveCommunity'>
export interface ChangeContentTopics extends Wish<'ChangeContentTopics'> {
  readonly contentTopics: readonly ContentTopic[]
}
export type EnableArchiving = Wish<'EnableArchiving'>
export type DisableArchiving = Wish<'DisableArchiving'>

/** Pack the messages of [from, to). What is known of the world is part of the wish. */
export interface CreateArchive extends Wish<'CreateArchive'> {
  readonly runId: RunId
  /** Null: where the last run ended, or the oldest recorded message. */
  readonly from: UnixSeconds | null
  /** Null: now. */
  readonly to: UnixSeconds | null
  readonly now: UnixSeconds
  readonly oldestMessageAt: UnixSeconds | null
  readonly protocolEnabled: boolean
}
export interface RecordArchiveCreated extends Wish<'RecordArchiveCreated'> {
  readonly archive: Omit<ArchiveCreatedData, 'from' | 'to' | 'contentTopics' | 'partitionSeconds'>
}
export interface RecordNoArchiveCreated extends Wish<'RecordNoArchiveCreated'> {
  readonly runId: RunId
  readonly recordedUpTo: number
}
export interface RecordArchiveCreationFailed extends Wish<'RecordArchiveCreationFailed'> {
  readonly runId: RunId
  readonly code: ArchiveFailureCode
  readonly numbers: Readonly<Record<string, number>>
}

export type RequestSeeding = Wish<'RequestSeeding'>
export type WithdrawSeeding = Wish<'WithdrawSeeding'>
export interface RecordSeedingStarted extends Wish<'RecordSeedingStarted'> {
  readonly infoHash: InfoHash
}
export interface RecordSeedingFailed extends Wish<'RecordSeedingFailed'> {
  readonly infoHash: InfoHash
  readonly code: SeedingFailureCode
}
export interface RecordUnseeded extends Wish<'RecordUnseeded'> {
  readonly infoHash: InfoHash
  readonly reason: UnseededReason
}

/** Tell the community where the torrent is, with a signature already made. */
export interface DispatchMagnetlink extends Wish<'DispatchMagnetlink'> {
  readonly infoHash: InfoHash
  readonly clock: Clock
  readonly magnetUri: MagnetUri
  readonly publicKey: string
  readonly signature: string
  /** FIRST changes nothing where this torrent was dispatched before; AGAIN always tells. */
  readonly occasion: 'FIRST' | 'AGAIN'
}

export type CommunityCommand =
  | AddCommunity
  | LeaveCommunity
  | ChangeContentTopics
  | EnableArchiving
  | DisableArchiving
  | CreateArchive
  | RecordArchiveCreated
  | RecordNoArchiveCreated
  | RecordArchiveCreationFailed
  | RequestSeeding
  | WithdrawSeeding
  | RecordSeedingStarted
  | RecordSeedingFailed
  | RecordUnseeded
  | DispatchMagnetlink

export interface RecordNodeStarted {
  readonly type: 'RecordNodeStarted'
  readonly runId: RunId
  readonly version: string
  readonly lastSeenAt: UnixMillis | null
}
export interface RecordNodeStopped {
  readonly type: 'RecordNodeStopped'
}
export interface EnableProtocol {
  readonly type: 'EnableProtocol'
}
export interface DisableProtocol {
  readonly type: 'DisableProtocol'
}
export interface SetOnline {
  readonly type: 'SetOnline'
  readonly online: boolean
}
export interface RecordTorrentClientDown {
  readonly type: 'RecordTorrentClientDown'
  readonly exitCode: number | null
  readonly signal: string | null
}
export interface RecordTorrentClientUp {
  readonly type: 'RecordTorrentClientUp'
}

export type NodeCommand =
  | RecordNodeStarted
  | RecordNodeStopped
  | EnableProtocol
  | DisableProtocol
  | SetOnline
  | RecordTorrentClientDown
  | RecordTorrentClientUp

export type Command = CommunityCommand | NodeCommand
