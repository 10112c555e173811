import type { ArchiveId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Damage, RepairedPart, RepairSource } from '../domain/damage.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'

/** What a verification does: WAITING for the disk, or for a verification before it. */
export type VerificationStage = 'WAITING' | 'CHECKING' | 'REPAIRING' | 'FETCHING'

/** Names a verification: a UUIDv7. */
export interface StartedVerification {
  readonly verificationId: string
  readonly communityId: CommunityId
}

/** A verification that is under way. Sampled, never recorded. */
export interface RunningVerification extends StartedVerification {
  readonly stage: VerificationStage
  readonly checkedBytes: number
  /** Grows by what is checked again after it was mended. */
  readonly totalBytes: number
  readonly startedAt: UnixMillis
}

/** A part that was damaged, and is again what was recorded. */
export interface MendedPart {
  readonly part: RepairedPart
  /** Null unless the part is an archive. */
  readonly archiveId: ArchiveId | null
  /** How many pieces were written. */
  readonly pieces: number
  readonly source: RepairSource
}

/** What became of one version. */
export interface VerifiedVersion {
  readonly infoHash: InfoHash
  /** How many pieces it has; null where it could not be checked. */
  readonly pieces: number | null
  /** What was found; null where all was as recorded, or it could not be checked. */
  readonly damage: Damage | null
  readonly mended: readonly MendedPart[]
  /** What is damaged still. */
  readonly remaining: Damage | null
  /** Why it could not be checked, or not be mended to the end; null where nothing failed. */
  readonly code: ArchiveFailureCode | null
}

/** A verification that has ended. Kept until the next one of its community ends, or the process does. */
export interface EndedVerification extends StartedVerification {
  readonly startedAt: UnixMillis
  readonly endedAt: UnixMillis
  readonly versions: readonly VerifiedVersion[]
}

/** What the API asks about verifications. Asked once a second for each subscriber, so it must be cheap. */
export interface VerificationReader {
  /** The one that goes on, or goes on next; null when none does. */
  running(communityId: CommunityId): RunningVerification | null
  last(communityId: CommunityId): EndedVerification | null
}
