import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { CommunitySettings } from '../domain/community-settings.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock } from '../domain/magnet.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'

/** The current torrent of a control node's community, recorded as served, and what the community was told so far. */
export interface ServedTorrentRow {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly settings: CommunitySettings
  /** The dispatch with the highest clock, of whichever torrent; null before the first. */
  readonly last: { readonly clock: Clock; readonly at: UnixMillis } | null
  /** The highest clock that the community was told, also by others while this node was a member; null before the first. */
  readonly lastClock: Clock | null
  /** Whether this very torrent was ever dispatched. */
  readonly isDispatched: boolean
  /** The SeedingStarted event now in force, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
}

/**
 * The torrents that a control node has to tell its communities of.
 *
 * The switches of the whole node do not count: a torrent that is recorded as served is served.
 */
export async function readServedTorrents(db: Kysely<ReadModels>): Promise<readonly ServedTorrentRow[]> {
  const rows = await selectServed(db).execute()
  return rows.map(({ settings, clock, at, receivedClock, isDispatched, ...row }) => ({
    ...row,
    lastClock: clock === null || (receivedClock ?? 0) > clock ? receivedClock : clock,
    // The projection wrote it from a value of this type.
    settings: JSON.parse(settings) as CommunitySettings,
    last: clock === null || at === null ? null : { clock, at },
    isDispatched: Boolean(isDispatched),
  }))
}

function selectServed(db: Kysely<ReadModels>) {
  return fromServed(db)
    .leftJoin('magnetlinks as last', (join) =>
      join.onRef('last.community_id', '=', 'seeding.community_id').on(({ eb, selectFrom }) =>
        eb(
          'last.clock',
          '=',
          // The end of an index, however often the community was told.
          selectFrom('magnetlinks as other')
            .select(({ fn }) => fn.max('other.clock').as('clock'))
            .whereRef('other.community_id', '=', 'seeding.community_id'),
        ),
      ),
    )
    .leftJoin('received_links', 'received_links.community_id', 'seeding.community_id')
    .select(({ exists, selectFrom }) => [
      'seeding.community_id as communityId',
      'seeding.info_hash as infoHash',
      'communities.settings',
      'last.clock',
      'last.dispatched_at as at',
      'received_links.clock as receivedClock',
      exists(
        selectFrom('magnetlinks as own')
          .select('own.position')
          .whereRef('own.community_id', '=', 'seeding.community_id')
          .whereRef('own.info_hash', '=', 'seeding.info_hash'),
      ).as('isDispatched'),
      'seeding.started_by as cause',
      'seeding.started_correlation_id as correlationId',
    ])
    .orderBy('seeding.community_id')
    .$narrowType<{ cause: EventId; correlationId: CorrelationId }>() // Set whenever the state is SERVED.
}

function fromServed(db: Kysely<ReadModels>) {
  return db
    .selectFrom('seeding')
    .innerJoin('communities', 'communities.community_id', 'seeding.community_id')
    .where('seeding.role', '=', 'CURRENT')
    .where('seeding.state', '=', 'SERVED')
    .where('communities.status', '=', 'ADDED')
    .where('communities.role', '=', 'CONTROL_NODE')
    .where('communities.archiving', '=', 'ENABLED')
    .where('communities.seeding', '=', 'REQUESTED')
}
