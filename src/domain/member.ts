import type { ArchiveId, DownloadId, ImportId } from './archive.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { Selection } from './selection.ts'
import { NO_ENTRIES, type SharedMap } from './shared-map.ts'

/** What deciding remembers of the half of a community's past in which others told this node of its archives. */
export interface Membership {
  /** The nodes whose links are taken, and the key that has to sign them; null until one is pinned. */
  readonly follows: ReadonlyMap<FollowUrl, string | null>
  /** The newest link that was believed, or that this node dispatched itself while it was the control node. */
  readonly link: Link | null
  /** Why links were refused since then. */
  readonly refusedLinks: ReadonlySet<LinkRefusalCode>
  /** The download that has not ended. */
  readonly download: Download | null
  /** What is not fetched for its link alone: the last download ended by itself or by a wish, or it was dispatched here. */
  readonly dealtWith: InfoHash | null
  /** Whether anything was fetched, so that there are files. */
  readonly hasFiles: boolean
  /** The archives that are here. */
  readonly archives: SharedMap<ArchiveId, HeldArchive>
  /** How many of them were not taken over, and how many of those are in quarantine. */
  readonly waiting: number
  readonly quarantined: number
  /** How many archives of the last version that was fetched are not here. */
  readonly missing: number
  /** The import that has not ended. */
  readonly import: Import | null
  /** The last one that took anything over, and was not undone. The next such takes its place. */
  readonly lastImport: ImportId | null
}

/** An archive that was fetched. */
export interface HeldArchive {
  readonly generation: number
  /** Whether its messages were taken over, or why not. */
  readonly state: 'WAITING' | 'IMPORTED' | QuarantineCode
}

export interface Link {
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
}

export interface Download extends Link {
  readonly downloadId: DownloadId
  readonly selection: Selection
  /** Why it does not get on; null where nothing is known against it. */
  readonly failure: DownloadFailureCode | null
}

export interface Import {
  readonly importId: ImportId
  readonly imported: SharedMap<ArchiveId, true>
}

/** No files. What was imported stays in the message store. */
export const NOTHING_FETCHED = {
  download: null,
  dealtWith: null,
  hasFiles: false,
  archives: NO_ENTRIES,
  waiting: 0,
  quarantined: 0,
  missing: 0,
  import: null,
} as const satisfies Partial<Membership>

/** Before the first event. */
export const NEW_MEMBERSHIP: Membership = {
  follows: new Map(),
  link: null,
  refusedLinks: new Set(),
  lastImport: null,
  ...NOTHING_FETCHED,
}
