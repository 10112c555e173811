import type { ArchiveId, RunId } from './archive.ts'
import type { CommunitySettings } from './community-settings.ts'
import type { ContentTopic } from './content-topic.ts'
import type { Damage, RepairedPart, RepairSource } from './damage.ts'
import type { ArchiveCreatedData, DropReason, Role } from './events.ts'
import type { ArchiveFailureCode, SeedingFailureCode } from './failure-codes.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { MemberCommand } from './member-commands.ts'
import type { NodeCommand } from './node-commands.ts'
import type { ParkingCommand } from './parking-commands.ts'
import type { UnixSeconds } from './time.ts'
import type { Wish } from './wish.ts'

export interface AddCommunity extends Wish<'AddCommunity'> {
  readonly role: Role
  readonly contentTopics: readonly ContentTopic[]
  readonly archiving: boolean
}
export type LeaveCommunity = Wish<'LeaveCommunity'>
/** Delete the files of its archives. */
export type PurgeCommunity = Wish<'PurgeCommunity'>
/** Delete its messages, its keys, and whatever else is kept of it beside the log. */
export type ForgetCommunity = Wish<'ForgetCommunity'>
export interface ChangeSettings extends Wish<'ChangeSettings'> {
  /** What is not named stays as it is. */
  readonly changes: Partial<CommunitySettings>
}
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
/** Pack the whole partitions that ended since the last run, once they are due, and the late messages. */
export interface CreateScheduledArchive extends Wish<'CreateScheduledArchive'> {
  readonly runId: RunId
  readonly now: UnixSeconds
  readonly oldestMessageAt: UnixSeconds | null
  /** When the oldest message was sent that no run has looked at, and that is older than the last run's end. */
  readonly oldestLateAt: UnixSeconds | null
  readonly protocolEnabled: boolean
}
export interface RecordArchiveCreated extends Wish<'RecordArchiveCreated'> {
  readonly archive: Omit<ArchiveCreatedData, 'from' | 'to' | 'contentTopics' | 'partitionSeconds' | 'recordedAfter'>
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
  readonly reason: DropReason
}

/** The version's files were checked; what was damaged and served is no longer served. */
export interface RecordArchivesVerified extends Wish<'RecordArchivesVerified'> {
  readonly infoHash: InfoHash
  readonly pieces: number
  readonly damage: Damage | null
}
export interface RecordArchiveRepaired extends Wish<'RecordArchiveRepaired'> {
  readonly infoHash: InfoHash
  readonly part: RepairedPart
  readonly archiveId: ArchiveId | null
  readonly pieces: number
  readonly source: RepairSource
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
  | PurgeCommunity
  | ForgetCommunity
  | ChangeSettings
  | ChangeContentTopics
  | EnableArchiving
  | DisableArchiving
  | CreateArchive
  | CreateScheduledArchive
  | RecordArchiveCreated
  | RecordNoArchiveCreated
  | RecordArchiveCreationFailed
  | RequestSeeding
  | WithdrawSeeding
  | RecordSeedingStarted
  | RecordSeedingFailed
  | RecordUnseeded
  | RecordArchivesVerified
  | RecordArchiveRepaired
  | DispatchMagnetlink
  | MemberCommand
  | ParkingCommand

export type Command = CommunityCommand | NodeCommand
