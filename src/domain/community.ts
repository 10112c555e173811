import type { RunId } from './archive.ts'
import type { CommunitySettings } from './community-settings.ts'
import type { ContentTopic } from './content-topic.ts'
import type { CommunityEvent, Role } from './events.ts'
import type { SeedingFailureCode } from './failure-codes.ts'
import type { InfoHash } from './info-hash.ts'
import type { Clock } from './magnet.ts'
import type { Membership } from './member.ts'
import type { Parking } from './parking.ts'
import type { DomainRefusal } from './refusals.ts'
import type { Result } from './result.ts'
import type { UnixSeconds } from './time.ts'

/** What a wish leads to: facts to append (none when it is granted already), or a refusal. */
export type Decision = Result<readonly CommunityEvent[], DomainRefusal>

/** All that deciding about a community needs to remember of its past. */
export type Community = { readonly status: 'UNKNOWN' } | KnownCommunity

/** A community that this node takes part in, or once did. Leaving forgets nothing. */
export interface KnownCommunity {
  readonly status: 'ADDED' | 'LEFT'
  readonly role: Role
  /** Whether its messages and keys are gone too. Then it was left. */
  readonly isForgotten: boolean
  readonly contentTopics: readonly ContentTopic[]
  readonly settings: CommunitySettings
  readonly archiving: 'ENABLED' | 'DISABLED'
  /** The operator's wish, which a new archive does not override. */
  readonly seeding: 'REQUESTED' | 'WITHDRAWN'
  readonly run: Run | null
  /** The end of the last run that ended well; the next one begins here. */
  readonly archivedUpTo: UnixSeconds | null
  /** Sequence number of the newest message that it looked at; what came in later, and is older, is late. */
  readonly recordedUpTo: number
  readonly data: Data
  readonly generations: Generations
  readonly torrents: Torrents
  /** The highest clock ever dispatched, or believed. */
  readonly lastClock: Clock | null
  readonly dispatched: ReadonlySet<InfoHash>
  readonly membership: Membership
  readonly parking: Parking
}

/** A run that has not ended. */
export interface Run {
  readonly runId: RunId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
  /** Messages sent before `from` with a higher sequence number are late, and are packed as well. */
  readonly recordedAfter: number
}

/** The newest version of the `data` file. */
export interface Data {
  /** PACKED by a run of this node, or FETCHED from others. A run appends to what runs packed alone. */
  readonly origin: 'PACKED' | 'FETCHED'
  readonly generation: number
  readonly sizeBytes: number
}

/** Which `data.<generation>` files there have been, or may be still. */
export interface Generations {
  /** The highest number that was told of. */
  readonly newest: number
  /** Those that runs of this node packed: nothing is fetched into them. */
  readonly packed: ReadonlySet<number>
}

/**
 * The torrents of a community by their part in a rollover.
 *
 * `newest` was created, or fetched, last. It becomes `current` when it is served, and the `current` before it
 * `retiring`, until that is dropped. Roles outlast a pause of seeding; `served` does not.
 */
export interface Torrents {
  readonly newest: InfoHash | null
  readonly current: InfoHash | null
  readonly retiring: InfoHash | null
  /** What is recorded as served. */
  readonly served: ReadonlySet<InfoHash>
  /** Why those that cannot be served cannot. */
  readonly failed: ReadonlyMap<InfoHash, SeedingFailureCode>
}

/** Before the first event. */
export const unknownCommunity: Community = { status: 'UNKNOWN' }

/** The torrents that should be served as far as the community's own state says. */
export function wantedTorrents(community: Community): readonly InfoHash[] {
  if (community.status !== 'ADDED' || community.archiving === 'DISABLED' || community.seeding === 'WITHDRAWN') return []
  const { newest, current, retiring } = community.torrents
  return [...new Set([newest, current, retiring])].filter((infoHash) => infoHash !== null)
}
