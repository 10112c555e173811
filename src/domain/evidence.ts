import type { Role } from './events.ts'
import type { DownloadFailureCode, FollowFailureCode, LinkRefusalCode, QuarantineCode } from './failure-codes.ts'
import type { FollowUrl } from './follow-url.ts'
import type { InfoHash } from './info-hash.ts'
import type { KnownCommunity } from './community.ts'
import type { Clock } from './magnet.ts'
import type { LinkOrigin } from './member-events.ts'
import type { NodeState } from './node.ts'
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
  /** Where the archives that are known end: those of the last run that ended well, or of the newest index. */
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
}

/** A node that links are taken from. */
export interface FollowEvidence {
  readonly url: FollowUrl
  /** Why none come from it now; null where nothing is known against it. */
  readonly code: FollowFailureCode | null
  readonly nextTryAt: UnixMillis | null
}

export interface LinkEvidence {
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly origin: LinkOrigin['type']
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
}

export interface DownloadFailureEvidence {
  readonly code: DownloadFailureCode
  readonly numbers: Readonly<Record<string, number>>
  readonly since: UnixMillis
}

/** How many archives there are, of those that the newest index names. */
export interface ArchivesEvidence {
  /** Null where no index was read yet. */
  readonly named: number | null
  readonly held: number
  readonly imported: number
  /** Why some cannot be taken over, and how many. */
  readonly quarantined: ReadonlyMap<QuarantineCode, number>
}
