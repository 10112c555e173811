import type { CommunitySettings } from '../domain/community-settings.ts'
import type { KnownCommunity } from '../domain/community.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Role } from '../domain/events.ts'
import type { ArchiveFailureCode, DownloadFailureCode, SeedingFailureCode } from '../domain/failure-codes.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock, MagnetUri } from '../domain/magnet.ts'
import type { ParkableReactor } from '../domain/parking-events.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'

/** How the last run stood. */
export type RunStatusAt = 'RUNNING' | 'ARCHIVED' | 'EMPTY' | 'FAILED'

/** A torrent that could not be served. */
export interface FailedTorrentAt {
  readonly infoHash: InfoHash
  readonly code: SeedingFailureCode
}

/** Work that was given up until somebody decides. */
export interface ParkedAt {
  readonly reactor: ParkableReactor
  readonly code: string
  readonly failures: number
  readonly since: UnixMillis
}

/**
 * A community as it was at a moment, as far as it was recorded by then.
 *
 * Flat, and each value plain JSON in one order: two are compared field by field.
 */
export interface CommunityAt extends CommunitySettings {
  readonly status: KnownCommunity['status']
  readonly role: Role
  /** When it was added last, left last, its files and its messages deleted last. */
  readonly addedAt: UnixMillis
  readonly leftAt: UnixMillis | null
  readonly purgedAt: UnixMillis | null
  readonly forgottenAt: UnixMillis | null
  readonly archiving: KnownCommunity['archiving']
  readonly seeding: KnownCommunity['seeding']
  readonly contentTopics: readonly ContentTopic[]
  /** The archives in its newest `data`, packed or fetched. */
  readonly archives: number
  /** In them, as far as they were packed or taken over here. */
  readonly messages: number
  /** Their length without padding, in bytes. */
  readonly archiveBytes: number
  /** The range of them all; null where there is none. */
  readonly coveredFrom: UnixSeconds | null
  readonly coveredTo: UnixSeconds | null
  /** Where the next run begins; null before the first. */
  readonly archivedUpTo: UnixSeconds | null
  readonly newestTorrent: InfoHash | null
  readonly currentTorrent: InfoHash | null
  /** Served until its grace ends. */
  readonly retiringTorrent: InfoHash | null
  /** Recorded as served, in the order in which that began; it was really so while the node and its torrent client ran. */
  readonly servedTorrents: readonly InfoHash[]
  readonly failedTorrents: readonly FailedTorrentAt[]
  /** The newest link that was dispatched, or believed. */
  readonly linkTorrent: InfoHash | null
  readonly linkClock: Clock | null
  readonly linkMagnetUri: MagnetUri | null
  /** Whose links are taken, in the order in which that began. */
  readonly follows: readonly FollowUrl[]
  /** What is being downloaded, and why it does not get on. */
  readonly downloadTorrent: InfoHash | null
  readonly downloadFailure: DownloadFailureCode | null
  /** Fetched archives that were not taken over; those of them that were set aside; those that are not here. */
  readonly waitingArchives: number
  readonly quarantinedArchives: number
  readonly missingArchives: number
  readonly isImporting: boolean
  readonly parked: readonly ParkedAt[]
  /** Work that somebody decided to leave undone. */
  readonly skipped: readonly ParkableReactor[]
  readonly lastRun: RunStatusAt | null
  readonly lastRunFrom: UnixSeconds | null
  readonly lastRunTo: UnixSeconds | null
  readonly lastRunCode: ArchiveFailureCode | null
}
