import type { Role } from './events.ts'
import type { DownloadFailureCode, FollowFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { KnownCommunity } from './community.ts'
import type { Clock } from './magnet.ts'
import type { LinkOrigin } from './member-events.ts'
import type { NodeState } from './node.ts'
import type { ParkableReactor } from './parking-events.ts'
import type { FailedRuns } from './schedule.ts'
import type { Selection } from './selection.ts'
import type { UnixMillis, UnixSeconds } from './time.ts'

/** All that is known when somebody asks why the history of a community is missing. */
export type Evidence = { readonly status: 'UNKNOWN' } | KnownEvidence

/** Of a community that this node takes part in, or once did. */
export interface KnownEvidence
  extends Pick<KnownCommunity, 'status' | 'archiving' | 'seeding'>, Pick<NodeState, 'protocol' | 'network'> {
  readonly role: Role
  readonly now: UnixMillis
  /** Where the archives that are here end: those of the last run that ended well, or all in the newest `data`. */
  readonly archivedUpTo: UnixSeconds | null
  readonly failedRuns: FailedRuns | null
  readonly follows: readonly FollowEvidence[]
  /** The newest link that is believed. */
  readonly link: LinkEvidence | null
  /** Why links were refused since then. */
  readonly refusedLinks: readonly RefusedLinkEvidence[]
  /** The download that goes on, or went on last. */
  readonly download: DownloadEvidence | null
  readonly archives: ArchivesEvidence
  /** Work for it that was given up. */
  readonly parked: readonly ParkedEvidence[]
}

/** Work that failed so often that it waits for an operator. */
export interface ParkedEvidence {
  readonly reactor: ParkableReactor
  readonly code: string
  readonly failures: number
  readonly since: UnixMillis
}

/** A node that links are taken from. */
export interface FollowEvidence {
  readonly url: FollowUrl
  readonly isConnected: boolean
  /** Why none come from it now; null where nothing is known against it. */
  readonly code: FollowFailureCode | null
  readonly nextTryAt: UnixMillis | null
}

export interface LinkEvidence {
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly origin: LinkOrigin['type']
  /** Whether it names the newest version, which a run of this node packed: there is nothing to fetch. */
  readonly isPacked: boolean
  readonly receivedAt: UnixMillis
}

export interface RefusedLinkEvidence {
  readonly code: LinkRefusalCode
  /** How many there were since the process began; 0 where the first was before that. */
  readonly count: number
  readonly firstAt: UnixMillis
}

export interface DownloadEvidence {
  readonly infoHash: InfoHash
  readonly status: 'RUNNING' | 'FINISHED' | 'CANCELLED'
  readonly selection: Selection
  readonly failure: DownloadFailureEvidence | null
  readonly startedAt: UnixMillis
  readonly endedAt: UnixMillis | null
  /** How far it is at this moment; null while nothing is fetched. */
  readonly progress: ProgressEvidence | null
}

/** As `downloadProgress` says it. The totals are null until the index is known. */
export interface ProgressEvidence {
  readonly peers: number
  readonly bytes: number
  readonly totalBytes: number | null
  readonly archives: number
  readonly totalArchives: number | null
}

export interface DownloadFailureEvidence {
  readonly code: DownloadFailureCode
  readonly numbers: Readonly<Record<string, number>>
  readonly since: UnixMillis
}

/** How many archives there are. */
export interface ArchivesEvidence {
  /** Those that the index of the newest link names; null where no download of it finished. */
  readonly named: number | null
  /** Those in the newest `data`. */
  readonly held: number
  /** Those of them that were fetched, and neither taken over nor found to be impossible to take over. */
  readonly waiting: number
  /** Why some cannot be taken over, and how many. */
  readonly quarantined: ReadonlyMap<QuarantineCode, number>
}
