import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { isDamage } from '../domain/failure-codes.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import { readDamagedTorrents } from './damaged-parts.ts'
import type { ReadModels } from './read-models.ts'
import { readSeeding, type SeedingRow } from './read-seeding.ts'

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
 * The communities that have a torrent which is wanted and cannot be served because of its files, or is served without
 * those that are damaged; whose last run found the files of the version before damaged; or of which a fetched archive
 * cannot be taken over because of its files. One can be there for all of them.
 */
export async function readDamaged(db: Kysely<ReadModels>): Promise<readonly DamagedRow[]> {
  const [torrents, checked, runs, imports] = await Promise.all([
    readSeeding(db),
    readDamagedTorrents(db),
    readDamagedRuns(db),
    readDamagedImports(db),
  ])
  const wanted = torrents.filter((torrent) => torrent.wanted)
  const byTorrents = wanted.flatMap(({ communityId, code, failure }) =>
    failure === null || code === null || !isDamage(code) ? [] : [{ communityId, damage: failure.cause, ...failure }],
  )
  const inPart = new Set(wanted.filter(({ isFetched, code }) => isFetched && code === null).map(keyOf))
  const byChecks = checked
    .filter((torrent) => inPart.has(keyOf(torrent)))
    .map(({ communityId, cause, correlationId }) => ({ communityId, damage: cause, cause, correlationId }))
  return [...byTorrents, ...byChecks, ...runs, ...imports]
}

function keyOf({ communityId, infoHash }: Pick<SeedingRow, 'communityId' | 'infoHash'>): string {
  return `${communityId} ${infoHash}`
}

/** Archives that were in order when they were fetched, and are not any more. */
async function readDamagedImports(db: Kysely<ReadModels>): Promise<readonly DamagedRow[]> {
  return db
    .selectFrom('archives')
    .innerJoin('communities', 'communities.community_id', 'archives.community_id')
    .innerJoin('versions', 'versions.community_id', 'archives.community_id')
    .select([
      'archives.community_id as communityId',
      'archives.archive_id as damage',
      'versions.created_by as cause',
      'versions.correlation_id as correlationId',
    ])
    .where('versions.position', '=', ({ selectFrom }) =>
      selectFrom('versions as other')
        .select(({ fn }) => fn.max('other.position').as('position'))
        .whereRef('other.community_id', '=', 'archives.community_id'),
    )
    .where('archives.import_state', '=', 'QUARANTINED')
    .where('archives.import_code', 'in', ['PIECES_DAMAGED', 'READ_FAILED'])
    .where('communities.status', '=', 'ADDED')
    .where('communities.role', '=', 'MEMBER')
    .where('communities.archiving', '=', 'ENABLED')
    .orderBy('archives.community_id')
    .orderBy('archives.offset')
    .execute()
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
