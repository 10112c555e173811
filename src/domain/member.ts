import type { ArchiveId, DownloadId, ImportId } from './archive.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock, MagnetUri } from './magnet.ts'
import type { Selection } from './selection.ts'

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
  /** In which generation of `data` each archive is. */
  readonly archives: ReadonlyMap<ArchiveId, number>
  /** The import that has not ended. */
  readonly import: Import | null
  /** The last one that ended, or was broken off by leaving, and was not undone. The end of the next takes its place. */
  readonly lastImport: ImportId | null
  readonly quarantined: ReadonlyMap<ArchiveId, QuarantineCode>
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
  readonly imported: ReadonlySet<ArchiveId>
}

/** No files. What was imported stays in the message store. */
export const NOTHING_FETCHED = {
  download: null,
  dealtWith: null,
  hasFiles: false,
  archives: new Map(),
  import: null,
  quarantined: new Map(),
} as const satisfies Partial<Membership>

/** Before the first event. */
export const NEW_MEMBERSHIP: Membership = {
  follows: new Map(),
  link: null,
  refusedLinks: new Set(),
  lastImport: null,
  ...NOTHING_FETCHED,
}
