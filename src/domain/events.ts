import type { ArchiveEntry, RunId } from './archive.ts'
import type { CommunityId } from './community-id.ts'
import type { ContentTopic } from './content-topic.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { ArchiveFailureCode, SeedingFailureCode } from './failure-codes.ts'
import type { UnixMillis, UnixSeconds } from './time.ts'

/** Something that happened to a community, in the stream `community-<id>`. */
export interface Fact<Type extends string, Data> {
  readonly type: Type
  readonly communityId: CommunityId
  readonly data: Data
}

/** Something that happened to the whole node, in the stream `node`. */
export interface NodeFact<Type extends string, Data> {
  readonly type: Type
  readonly data: Data
}

/** A fact that needs no more words than its name. */
export type Nothing = Readonly<Record<never, never>>

/** CONTROL_NODE owns the history, creates archives and dispatches; MEMBER fetches and re-seeds. */
export type Role = 'CONTROL_NODE' | 'MEMBER'

/** Why a torrent is no longer served. */
export type UnseededReason =
  'REPLACED' | 'LEFT' | 'DISABLED' | 'PROTOCOL_DISABLED' | 'OFFLINE' | 'REQUESTED' | 'DAMAGED'

/** This node takes part in the community, in this role. */
export type CommunityAdded = Fact<'CommunityAdded', { readonly role: Role }>
/** It no longer does. Its files and the floor of its clock are kept. */
export type CommunityLeft = Fact<'CommunityLeft', Nothing>
/** The ordered topics whose messages belong to the community. */
export type ContentTopicsChanged = Fact<'ContentTopicsChanged', { readonly contentTopics: readonly ContentTopic[] }>
/** The community opted in: its archives are created, fetched and seeded here. */
export type ArchivingEnabled = Fact<'ArchivingEnabled', Nothing>
/** The community opted out: nothing is created, fetched or seeded. */
export type ArchivingDisabled = Fact<'ArchivingDisabled', Nothing>

/** A run over the messages sent in [from, to) began. */
export type ArchiveCreationStarted = Fact<
  'ArchiveCreationStarted',
  {
    readonly runId: RunId
    readonly from: UnixSeconds
    readonly to: UnixSeconds
    readonly contentTopics: readonly ContentTopic[]
    readonly partitionSeconds: number
  }
>

/** Messages sent in [from, to) were packed. The torrent grew, so its info hash is new. */
export type ArchiveCreated = Fact<'ArchiveCreated', ArchiveCreatedData>

export interface ArchiveCreatedData {
  readonly runId: RunId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
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

/** The run found no message in [from, to). What is served stays as it is. */
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
/** The torrent client cannot serve the torrent. One event a change of reason. */
export type SeedingFailed = Fact<'SeedingFailed', { readonly infoHash: InfoHash; readonly code: SeedingFailureCode }>
/** The torrent client no longer serves the torrent. */
export type Unseeded = Fact<'Unseeded', { readonly infoHash: InfoHash; readonly reason: UnseededReason }>

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

/** A process began to run on this data directory. */
export type NodeStarted = NodeFact<
  'NodeStarted',
  {
    readonly runId: RunId
    readonly version: string
    /** When the process before was last known to live, if it did not say goodbye. */
    readonly lastSeenAt: UnixMillis | null
  }
>
/** The process said goodbye. Without it, the next NodeStarted tells when it was last seen. */
export type NodeStopped = NodeFact<'NodeStopped', { readonly runId: RunId }>
/** Archiving is on for all communities that opted in. It is so at first. */
export type ProtocolEnabled = NodeFact<'ProtocolEnabled', Nothing>
/** Archiving is off for all communities: nothing is created, fetched or seeded. */
export type ProtocolDisabled = NodeFact<'ProtocolDisabled', Nothing>
/** The node may use the network. It is so at first. */
export type NodeWentOnline = NodeFact<'NodeWentOnline', Nothing>
/** The node may not use the network: nothing is seeded until it is online. */
export type NodeWentOffline = NodeFact<'NodeWentOffline', Nothing>
/** The torrent client's process is gone; nothing is served until it is up. */
export type TorrentClientDown = NodeFact<
  'TorrentClientDown',
  { readonly exitCode: number | null; readonly signal: string | null }
>
/** The torrent client's process is back. */
export type TorrentClientUp = NodeFact<'TorrentClientUp', Nothing>

export type CommunityEvent =
  | CommunityAdded
  | CommunityLeft
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
  | MagnetlinkDispatched

export type NodeEvent =
  | NodeStarted
  | NodeStopped
  | ProtocolEnabled
  | ProtocolDisabled
  | NodeWentOnline
  | NodeWentOffline
  | TorrentClientDown
  | TorrentClientUp

export type DomainEvent = CommunityEvent | NodeEvent
export type EventType = DomainEvent['type']
