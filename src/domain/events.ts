import type { ArchiveEntry, ArchiveId, RunId } from './archive.ts'
import type { CommunitySettings } from './community-settings.ts'
import type { ContentTopic } from './content-topic.ts'
import type { Damage, RepairedPart, RepairSource } from './damage.ts'
import type { Fact, Nothing } from './fact.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { ArchiveFailureCode, SeedingFailureCode } from './failure-codes.ts'
import type { MemberEvent } from './member-events.ts'
import type { NodeEvent } from './node-events.ts'
import type { ParkingEvent } from './parking-events.ts'
import type { UnixSeconds } from './time.ts'

/** CONTROL_NODE owns the history, creates archives and dispatches; MEMBER fetches and re-seeds. */
export type Role = 'CONTROL_NODE' | 'MEMBER'

/** Why a torrent that could be served is dropped. */
export type DropReason = 'REPLACED' | 'LEFT' | 'DISABLED' | 'PROTOCOL_DISABLED' | 'OFFLINE' | 'REQUESTED'
/** Why a torrent is no longer served. */
export type UnseededReason = DropReason | 'DAMAGED'

/** This node takes part in the community, in this role. */
export type CommunityAdded = Fact<'CommunityAdded', { readonly role: Role }>
/** It no longer does. Its files and the floor of its clock are kept. */
export type CommunityLeft = Fact<'CommunityLeft', Nothing>
/** The files of its archives are gone, or will be at the next start, and no node is followed for it. It was left before. */
export type CommunityPurged = Fact<'CommunityPurged', Nothing>
/**
 * Its messages are gone from this node too, with its keys, its tokens and whatever else was kept of it beside the log. It
 * was purged before.
 */
export type CommunityForgotten = Fact<'CommunityForgotten', Nothing>
/** What an operator chose for the community: all of it, as it is from here on. */
export type SettingsChanged = Fact<'SettingsChanged', CommunitySettings>
/** The ordered topics whose messages belong to the community. */
export type ContentTopicsChanged = Fact<'ContentTopicsChanged', { readonly contentTopics: readonly ContentTopic[] }>
/** The community opted in: its archives are created, fetched and seeded here. */
export type ArchivingEnabled = Fact<'ArchivingEnabled', Nothing>
/** The community opted out: nothing is created, fetched or seeded. */
export type ArchivingDisabled = Fact<'ArchivingDisabled', Nothing>

/** A run over the messages sent in [from, to) began. A run of late messages alone ends where it begins. */
export type ArchiveCreationStarted = Fact<
  'ArchiveCreationStarted',
  {
    readonly runId: RunId
    readonly from: UnixSeconds
    readonly to: UnixSeconds
    readonly contentTopics: readonly ContentTopic[]
    readonly partitionSeconds: number
    readonly recordedAfter: number
  }
>

/** Messages sent in [from, to) were packed, and late ones. The torrent grew, so its info hash is new. */
export type ArchiveCreated = Fact<'ArchiveCreated', ArchiveCreatedData>

export interface ArchiveCreatedData {
  readonly runId: RunId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
  /** Messages sent before `from` with a higher sequence number came late: no run had looked at them. */
  readonly recordedAfter: number
  /** Sequence number of the newest message that was looked at: the same bytes can be made again. */
  readonly recordedUpTo: number
  /** The archives that this run added, in the order of their offsets. */
  readonly archives: readonly ArchiveEntry[]
  /** Which `data.<generation>` file holds the bytes. */
  readonly generation: number
  /** The length of `data` in this version, all earlier archives included. */
  readonly dataBytes: number
  readonly indexBytes: number
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
}

/** The run found no message in [from, to), and no late one. What is served stays as it is. */
export type NoArchiveCreated = Fact<
  'NoArchiveCreated',
  {
    readonly runId: RunId
    readonly from: UnixSeconds
    readonly to: UnixSeconds
    readonly recordedUpTo: number
  }
>

/** The run ended without an archive. Its range is still to be packed. */
export type ArchiveCreationFailed = Fact<
  'ArchiveCreationFailed',
  { readonly runId: RunId; readonly code: ArchiveFailureCode; readonly numbers: Readonly<Record<string, number>> }
>

/** An operator wants the community's archives served; undoes `SeedingWithdrawn`. */
export type SeedingRequested = Fact<'SeedingRequested', Nothing>
/** An operator wants nothing of the community served until `SeedingRequested`. */
export type SeedingWithdrawn = Fact<'SeedingWithdrawn', Nothing>

/** The torrent client serves the torrent. If it is the newest, it is CURRENT from here on. */
export type SeedingStarted = Fact<'SeedingStarted', { readonly infoHash: InfoHash }>
/** The torrent client cannot serve the torrent. One event a change of reason; none where `Unseeded` tells it. */
export type SeedingFailed = Fact<'SeedingFailed', { readonly infoHash: InfoHash; readonly code: SeedingFailureCode }>
/** The torrent client no longer serves the torrent. Where that is because it cannot, for its files, the code says why. */
export type Unseeded = Fact<
  'Unseeded',
  { readonly infoHash: InfoHash } & (
    | { readonly reason: DropReason; readonly code: null }
    | { readonly reason: 'DAMAGED'; readonly code: SeedingFailureCode }
  )
>

/** The files of a version were checked against its torrent, piece by piece. Null: all is as it was recorded. */
export type ArchivesVerified = Fact<
  'ArchivesVerified',
  { readonly infoHash: InfoHash; readonly pieces: number; readonly damage: Damage | null }
>
/** A damaged part of a version is again what was recorded. */
export type ArchiveRepaired = Fact<
  'ArchiveRepaired',
  {
    readonly infoHash: InfoHash
    readonly part: RepairedPart
    /** Null unless the part is an archive. */
    readonly archiveId: ArchiveId | null
    /** How many pieces were written. */
    readonly pieces: number
    readonly source: RepairSource
  }
>

/** The control node told the community where the archive is. Appending it is the dispatch. */
export type MagnetlinkDispatched = Fact<
  'MagnetlinkDispatched',
  {
    readonly infoHash: InfoHash
    readonly clock: Clock
    readonly magnetUri: MagnetUri
    /** Ed25519 public key, 32 bytes in hex. */
    readonly publicKey: string
    /** Ed25519 over `announcementText`, 64 bytes in hex. */
    readonly signature: string
  }
>

export type CommunityEvent =
  | CommunityAdded
  | CommunityLeft
  | CommunityPurged
  | CommunityForgotten
  | SettingsChanged
  | ContentTopicsChanged
  | ArchivingEnabled
  | ArchivingDisabled
  | ArchiveCreationStarted
  | ArchiveCreated
  | NoArchiveCreated
  | ArchiveCreationFailed
  | SeedingRequested
  | SeedingWithdrawn
  | SeedingStarted
  | SeedingFailed
  | Unseeded
  | ArchivesVerified
  | ArchiveRepaired
  | MagnetlinkDispatched
  | MemberEvent
  | ParkingEvent

export type DomainEvent = CommunityEvent | NodeEvent
export type EventType = DomainEvent['type']
