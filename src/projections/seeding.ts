import { sql as raw } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { SeedingFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import {
  causeOfAll,
  causeOfCommunity,
  dropRetired,
  endGrace,
  forgetFailed,
  next,
  retireServed,
  serve,
  stop,
} from './seeding-statements.ts'
import { sql } from './sql.ts'

export { readCommunitySeeding, readSeeding, readSeedingOf, type SeedingRow } from './read-seeding.ts'

/**
 * The part of a torrent in a rollover.
 *
 * NEXT: created, not yet served. CURRENT: the newest that was served. RETIRING: the one before it,
 * in its grace. REPLACED: served beyond its grace, waits to be dropped. A torrent without a part has no row.
 */
export type SeedingRole = 'NEXT' | 'CURRENT' | 'RETIRING' | 'REPLACED'

/** What is recorded of the torrent client: WAITING where neither success nor failure is. */
export type SeedingState = 'WAITING' | 'SERVED' | 'FAILED'

export interface SeedingTable {
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly role: SeedingRole
  readonly state: SeedingState
  /** Set where the state is FAILED. */
  readonly code: SeedingFailureCode | null
  /** The event that says why, and its correlation id. Set where the state is FAILED. */
  readonly failed_by: EventId | null
  readonly failed_correlation_id: CorrelationId | null
  /** When the SeedingStarted now in force was recorded, its id and correlation id. Set where the state is SERVED. */
  readonly since: UnixMillis | null
  readonly started_by: EventId | null
  readonly started_correlation_id: CorrelationId | null
  /** When the successor's SeedingStarted was recorded: grace counts from here. */
  readonly retiring_since: UnixMillis | null
  /** The last event that bore on whether it is wanted, and its correlation id. */
  readonly cause: EventId
  readonly correlation_id: CorrelationId
}

/**
 * The torrents that have a part in their community's rollover, as `Torrents` in the domain has it.
 * Key: community and info hash.
 */
export const seeding = {
  name: 'seeding',
  version: 1,
  tables: ['seeding'],
  create: [
    raw`create table seeding (
      community_id text not null,
      info_hash text not null,
      role text not null,
      state text not null,
      code text,
      failed_by text,
      failed_correlation_id text,
      since integer,
      started_by text,
      started_correlation_id text,
      retiring_since integer,
      cause text not null,
      correlation_id text not null,
      primary key (community_id, info_hash)
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    ArchiveCreated: next,
    DownloadFinished: next,
    SeedingStarted: (recorded) => [forgetFailed(recorded), retireServed(recorded), serve(recorded)],
    SeedingFailed: (recorded) => [stop(recorded)],
    Unseeded: (recorded) => [dropRetired(recorded), stop(recorded)],
    CommunityAdded: (recorded) => [causeOfCommunity(recorded)],
    ArchivingEnabled: (recorded) => [causeOfCommunity(recorded)],
    SeedingRequested: (recorded) => [causeOfCommunity(recorded)],
    CommunityLeft: endGrace,
    CommunityPurged: ({ event: { communityId } }) => [
      sql.deleteFrom('seeding').where('community_id', '=', communityId).compile(),
    ],
    ArchivingDisabled: endGrace,
    SeedingWithdrawn: endGrace,
    ProtocolEnabled: (recorded) => [causeOfAll(recorded)],
    ProtocolDisabled: (recorded) => [causeOfAll(recorded)],
    NodeWentOnline: (recorded) => [causeOfAll(recorded)],
    NodeWentOffline: (recorded) => [causeOfAll(recorded)],
  },
} satisfies Projection
