import type { ArchiveId, DownloadId, FetchedArchive, ImportId } from './archive.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, LinkProof, MagnetUri } from './magnet.ts'
import type { DownloadFinishedData, LinkOrigin } from './member-events.ts'
import type { Selection } from './selection.ts'
import type { UnixMillis } from './time.ts'
import type { Wish } from './wish.ts'

/** Take links of the community from this node. */
export interface FollowNode extends Wish<'FollowNode'> {
  readonly url: FollowUrl
  /** Null: keep what is pinned, or pin the first key that signs a link. */
  readonly nodeKey: string | null
}
export interface UnfollowNode extends Wish<'UnfollowNode'> {
  readonly url: FollowUrl
}

/** Believe a link whose signature was verified, or that an operator vouches for. */
export interface ReceiveMagnetlink extends Wish<'ReceiveMagnetlink'> {
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
  readonly origin: LinkOrigin
  readonly proof: LinkProof | null
  readonly now: UnixMillis
}
export interface RecordMagnetlinkRefused extends Wish<'RecordMagnetlinkRefused'> {
  readonly code: LinkRefusalCode
  readonly clock: Clock | null
  readonly origin: LinkOrigin['type']
}

/** Fetch what is wanted of the newest link's torrent. */
export interface StartDownload extends Wish<'StartDownload'> {
  readonly downloadId: DownloadId
  /** Null: what was chosen for the community, or all that is missing. */
  readonly selection: Selection | null
  /** LINK changes nothing where this torrent was dealt with before; REQUEST begins anew. */
  readonly occasion: 'LINK' | 'REQUEST'
  readonly protocolEnabled: boolean
}
export type CancelDownload = Wish<'CancelDownload'>
export interface RecordArchivesDownloaded extends Wish<'RecordArchivesDownloaded'> {
  readonly downloadId: DownloadId
  readonly generation: number
  readonly archives: readonly FetchedArchive[]
}
export interface RecordDownloadFinished extends Wish<'RecordDownloadFinished'> {
  readonly download: Omit<DownloadFinishedData, 'infoHash' | 'magnetUri'>
}
export interface RecordDownloadFailed extends Wish<'RecordDownloadFailed'> {
  readonly downloadId: DownloadId
  readonly code: DownloadFailureCode
  readonly numbers: Readonly<Record<string, number>>
}

/** Take over the messages of the archives that are here. */
export interface StartImport extends Wish<'StartImport'> {
  readonly importId: ImportId
  readonly protocolEnabled: boolean
}
export interface RecordArchiveImported extends Wish<'RecordArchiveImported'> {
  readonly importId: ImportId
  readonly archiveId: ArchiveId
  readonly messages: number
  readonly added: number
  readonly removed: number
  readonly sha256: string
}
export interface RecordArchiveQuarantined extends Wish<'RecordArchiveQuarantined'> {
  readonly importId: ImportId
  readonly archiveId: ArchiveId
  readonly code: QuarantineCode
  readonly numbers: Readonly<Record<string, number>>
}
export interface RecordImportFinished extends Wish<'RecordImportFinished'> {
  readonly importId: ImportId
}
/** The messages that the last import removed were put back. */
export interface RecordImportUndone extends Wish<'RecordImportUndone'> {
  readonly importId: ImportId
  readonly restored: number
}

/** What only members wish or observe. */
export type MemberCommand =
  | FollowNode
  | UnfollowNode
  | ReceiveMagnetlink
  | RecordMagnetlinkRefused
  | StartDownload
  | CancelDownload
  | RecordArchivesDownloaded
  | RecordDownloadFinished
  | RecordDownloadFailed
  | StartImport
  | RecordArchiveImported
  | RecordArchiveQuarantined
  | RecordImportFinished
  | RecordImportUndone
