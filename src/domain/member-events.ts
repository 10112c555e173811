import type { ArchiveId, DownloadId, FetchedArchive, ImportId } from './archive.ts'
import type { Fact } from './fact.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, LinkProof, MagnetUri } from './magnet.ts'
import type { Selection } from './selection.ts'

/** How a member learnt of a link. */
export type LinkOrigin =
  /** From a node that it follows. The cursor says where to go on there; null where the node gave none. */
  | { readonly type: 'FOLLOWED'; readonly url: FollowUrl; readonly cursor: string | null }
  /** From a client that is allowed to. */
  | { readonly type: 'SUBMITTED' }
  /** From the distributed hash table: the signature is that of the item, whose `seq` is the clock (BEP 44, BEP 46). */
  | { readonly type: 'DHT' }

/** Links of the community are taken from this node. Null: the first key that signs one is pinned. */
export type NodeFollowed = Fact<'NodeFollowed', { readonly url: FollowUrl; readonly nodeKey: string | null }>
/** They no longer are. */
export type NodeUnfollowed = Fact<'NodeUnfollowed', { readonly url: FollowUrl }>
/** The key that has to sign the links of a followed node: Ed25519, 32 bytes in hex. */
export type NodeKeyPinned = Fact<'NodeKeyPinned', { readonly url: FollowUrl; readonly nodeKey: string }>

/** A member learnt where the newest archives are, and believes it. */
export type MagnetlinkReceived = Fact<
  'MagnetlinkReceived',
  {
    readonly clock: Clock
    readonly infoHash: InfoHash
    /** Built from the info hash, the community, the trackers and the web seeds of what was told: nothing else of that is kept. */
    readonly magnetUri: MagnetUri
    readonly origin: LinkOrigin
    /** Null where an operator vouches for the link. */
    readonly proof: LinkProof | null
  }
>

/** A member was told of a link that it does not believe. The first for each reason since it believed one. */
export type MagnetlinkRefused = Fact<
  'MagnetlinkRefused',
  {
    readonly code: LinkRefusalCode
    /** What the link said of itself; null where that could not be read. */
    readonly clock: Clock | null
    readonly origin: LinkOrigin['type']
  }
>

/** A member begins to fetch what it wants of a torrent. It goes on over restarts until one of the two ends below. */
export type DownloadStarted = Fact<
  'DownloadStarted',
  {
    readonly downloadId: DownloadId
    readonly clock: Clock
    readonly infoHash: InfoHash
    readonly magnetUri: MagnetUri
    readonly selection: Selection
  }
>

/** All pieces of an archive are here, verified and durable. */
export type ArchiveDownloaded = Fact<
  'ArchiveDownloaded',
  {
    readonly downloadId: DownloadId
    readonly infoHash: InfoHash
    readonly generation: number
    readonly archive: FetchedArchive
  }
>

/** All that was wanted is here: the torrent can be served, as far as it is here. */
export type DownloadFinished = Fact<'DownloadFinished', DownloadFinishedData>

export interface DownloadFinishedData {
  readonly downloadId: DownloadId
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
  /** Which `data.<generation>` file holds the bytes. */
  readonly generation: number
  /** The length of `data` in this version, what was not fetched included. */
  readonly dataBytes: number
  readonly indexBytes: number
  /** How many archives the index names, and how many of them are here. */
  readonly archives: number
  readonly heldArchives: number
}

/** A download does not get on. It is tried again; one event a change of reason. */
export type DownloadFailed = Fact<
  'DownloadFailed',
  {
    readonly downloadId: DownloadId
    readonly code: DownloadFailureCode
    readonly numbers: Readonly<Record<string, number>>
  }
>

/** Why a download ended before its time. What it fetched is kept. */
export type DownloadEnd = 'REQUESTED' | 'SUPERSEDED' | 'LEFT'

/** A download was given up. */
export type DownloadCancelled = Fact<
  'DownloadCancelled',
  { readonly downloadId: DownloadId; readonly reason: DownloadEnd }
>

/** The messages of archives that are here are being taken over. */
export type ImportStarted = Fact<'ImportStarted', { readonly importId: ImportId; readonly infoHash: InfoHash }>

/** The messages of an archive are in the message store. */
export type ArchiveImported = Fact<
  'ArchiveImported',
  {
    readonly importId: ImportId
    readonly archiveId: ArchiveId
    /** All that the archive holds, and those of them that were new here. */
    readonly messages: number
    readonly added: number
    /** Messages that had to go, as the history of the control node does not have them. */
    readonly removed: number
    /** SHA-256 of its encoding without padding, in hex. */
    readonly sha256: string
  }
>

/** The archive cannot be taken over. One event a change of reason. */
export type ArchiveQuarantined = Fact<
  'ArchiveQuarantined',
  {
    readonly importId: ImportId
    readonly archiveId: ArchiveId
    readonly code: QuarantineCode
    readonly numbers: Readonly<Record<string, number>>
  }
>

/** Each archive was imported, or is in quarantine. */
export type ImportFinished = Fact<
  'ImportFinished',
  { readonly importId: ImportId; readonly imported: number; readonly quarantined: number }
>

/** The messages that an import removed are back, until one takes over an archive that overlaps them. */
export type ImportUndone = Fact<'ImportUndone', { readonly importId: ImportId; readonly restored: number }>

/** What only members record. */
export type MemberEvent =
  | NodeFollowed
  | NodeUnfollowed
  | NodeKeyPinned
  | MagnetlinkReceived
  | MagnetlinkRefused
  | DownloadStarted
  | ArchiveDownloaded
  | DownloadFinished
  | DownloadFailed
  | DownloadCancelled
  | ImportStarted
  | ArchiveImported
  | ArchiveQuarantined
  | ImportFinished
  | ImportUndone
