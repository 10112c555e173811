import type { ArchiveId, DownloadId, ImportId } from './archive.ts'
import type { Clock } from './magnet.ts'
import type { UnixMillis } from './time.ts'

/** Only a member follows nodes, fetches archives and takes messages over: a control node owns the history. */
export interface NotMember {
  readonly type: 'NotMember'
}
/** The community does not take links from this node. */
export interface NodeNotFollowed {
  readonly type: 'NodeNotFollowed'
}
/** More nodes than a community can follow. */
export interface TooManyFollows {
  readonly type: 'TooManyFollows'
  readonly limit: number
}
/** Somebody else signed the link than the key that is pinned. */
export interface SignerUnknown {
  readonly type: 'SignerUnknown'
  /** The key that has to sign: Ed25519, 32 bytes in hex. */
  readonly expectedKey: string
}
/** Another link of the community has this clock. */
export interface ClockConflict {
  readonly type: 'ClockConflict'
  readonly clock: Clock
}
/** No signature proves the link: an operator alone can vouch for one, and not where the id is the key that signs. */
export interface SignatureMissing {
  readonly type: 'SignatureMissing'
}
/** The clock is more than a day ahead of this node's. */
export interface ClockAhead {
  readonly type: 'ClockAhead'
  readonly now: UnixMillis
}
/** No link of the community is known, so there is nothing to fetch. */
export interface NoLinkYet {
  readonly type: 'NoLinkYet'
}
/** The download ended already, or never began. */
export interface DownloadNotActive {
  readonly type: 'DownloadNotActive'
  readonly downloadId: DownloadId
}
/** A run of this node packed this generation of `data`, so nothing is fetched into it. */
export interface GenerationClosed {
  readonly type: 'GenerationClosed'
  readonly generation: number
}
/** Another import of this community has not ended yet. */
export interface ImportRunning {
  readonly type: 'ImportRunning'
  readonly importId: ImportId
}
/** The import ended already, or never began. */
export interface ImportNotActive {
  readonly type: 'ImportNotActive'
  readonly importId: ImportId
}
/** No archive of the community is here whose messages could be taken over. */
export interface NothingToImport {
  readonly type: 'NothingToImport'
}
/** The archive was not fetched, so nothing of it was verified. */
export interface ArchiveNotDownloaded {
  readonly type: 'ArchiveNotDownloaded'
  readonly archiveId: ArchiveId
}
/** The community's last import was undone already, or there is none. */
export interface NothingToUndo {
  readonly type: 'NothingToUndo'
}

/** The history that was fetched is not all here and taken over: a new control node would leave the rest of it behind. */
export interface HistoryIncomplete {
  readonly type: 'HistoryIncomplete'
  /** Archives that are here and were not taken over, and those of the newest version fetched that are not here. */
  readonly waiting: number
  readonly missing: number
}

/** Why a wish of a member is not granted. */
export type MemberRefusal =
  | NotMember
  | NodeNotFollowed
  | TooManyFollows
  | SignerUnknown
  | SignatureMissing
  | ClockConflict
  | ClockAhead
  | NoLinkYet
  | DownloadNotActive
  | GenerationClosed
  | ImportRunning
  | ImportNotActive
  | NothingToImport
  | ArchiveNotDownloaded
  | NothingToUndo
  | HistoryIncomplete
