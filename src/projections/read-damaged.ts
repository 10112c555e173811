import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { isDamage } from '../domain/failure-codes.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { readSeeding } from './read-seeding.ts'

/** A community that archives, and of whose files something is recorded as damaged. */
export interface DamagedRow {
  readonly communityId: CommunityId
  /** What was damaged: stays the same until something else is, or it is again. */
  readonly damage: string
  /** The event that tells of it, or made the torrent wanted, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
}

/**
 * The communities that have a torrent which is wanted and cannot be served because of its files, or whose last run found
 * the files of the version before damaged. One can be there for both.
 */
export async function readDamaged(db: Kysely<ReadModels>): Promise<readonly DamagedRow[]> {
  const torrents = (await readSeeding(db)).filter(({ wanted, code }) => wanted && code !== null && isDamage(code))
  const byTorrents = torrents.flatMap(({ communityId, failure }) =>
    failure === null ? [] : [{ communityId, damage: failure.cause, ...failure }],
  )
  return [...byTorrents, ...(await readDamagedRuns(db))]
}

async function readDamagedRuns(db: Kysely<ReadModels>): Promise<readonly DamagedRow[]> {
  return db
    .selectFrom('communities')
    .innerJoin('runs', 'runs.community_id', 'communities.community_id')
    .select([
      'runs.community_id as communityId',
      'runs.run_id as damage',
      'runs.started_by as cause',
      'runs.correlation_id as correlationId',
    ])
    .where('communities.status', '=', 'ADDED')
    .where('communities.archiving', '=', 'ENABLED')
    .where('communities.failed_code', '=', 'FILES_DAMAGED')
    .where('runs.code', '=', 'FILES_DAMAGED')
    .where('runs.position', '=', ({ selectFrom }) =>
      // The end of an index, however often the community was archived.
      selectFrom('runs as other')
        .select(({ fn }) => fn.max('other.position').as('position'))
        .whereRef('other.community_id', '=', 'communities.community_id'),
    )
    .orderBy('runs.community_id')
    .execute()
}
