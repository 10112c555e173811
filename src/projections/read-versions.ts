import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { ReadModels } from './read-models.ts'
import type { AnyVersionRow, VersionRow } from './versions.ts'

/**
 * The version of a community that the next run adds to: the newest, if a run made it. Null before the first, and where what
 * others packed was fetched since.
 */
export async function readNewestVersion(db: Kysely<ReadModels>, communityId: CommunityId): Promise<VersionRow | null> {
  const row = await selectCreated(db)
    .where('community_id', '=', communityId)
    .where('position', '=', ({ selectFrom }) =>
      selectFrom('versions as other')
        .select(({ fn }) => fn.max('other.position').as('position'))
        .where('other.community_id', '=', communityId),
    )
    .executeTakeFirst()
  return row === undefined ? null : { ...row, isFetched: false }
}

/** The highest generation of `data` that anything was packed or fetched into; 0 before the first. */
export async function readNewestGeneration(db: Kysely<ReadModels>, communityId: CommunityId): Promise<number> {
  const [ofVersions, ofArchives] = await Promise.all(
    (['versions', 'archives'] as const).map(async (table) =>
      db
        .selectFrom(table)
        .select(({ fn }) => fn.max('generation').as('generation'))
        .where('community_id', '=', communityId)
        .executeTakeFirst(),
    ),
  )
  return Math.max(ofVersions?.generation ?? 0, ofArchives?.generation ?? 0)
}

/** The version of a community that was fetched last, or null before the first. */
export async function readFetchedVersion(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
): Promise<AnyVersionRow | null> {
  const row = await selectVersions(db)
    .where('community_id', '=', communityId)
    .where('run_id', 'is', null)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : { ...row, isFetched: true }
}

/** The newest generation of `data` that anything was fetched into; 0 before the first. */
export async function readFetchedGeneration(db: Kysely<ReadModels>, communityId: CommunityId): Promise<number> {
  const version = await readFetchedVersion(db, communityId)
  const archive = await db
    .selectFrom('archives')
    .select('generation')
    .where('community_id', '=', communityId)
    .where('import_state', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return Math.max(version?.generation ?? 0, archive?.generation ?? 0)
}

/** The generation of `data` that a torrent of a community is in; null where no version has it. */
export async function readGenerationOf(
  db: Kysely<ReadModels>,
  { communityId, infoHash }: Pick<AnyVersionRow, 'communityId' | 'infoHash'>,
): Promise<number | null> {
  const row = await selectVersions(db)
    .where('community_id', '=', communityId)
    .where('info_hash', '=', infoHash)
    .executeTakeFirst()
  return row?.generation ?? null
}

/**
 * The lowest generation of `data` that may be fetched into: the newest that was, or where a run packed a later one, the one
 * behind that, whether its files are still there or not.
 */
export async function readOpenGeneration(db: Kysely<ReadModels>, communityId: CommunityId): Promise<number> {
  const fetched = await readFetchedGeneration(db, communityId)
  const row = await db
    .selectFrom('versions')
    .select(({ fn }) => fn.max('generation').as('packed'))
    .where('community_id', '=', communityId)
    .where('run_id', 'is not', null)
    .executeTakeFirst()
  return Math.max(fetched, 1, row?.packed == null || row.packed < fetched ? 1 : row.packed + 1)
}

/** The communities that have a version, in the order of their ids. */
export async function readArchivedCommunities(db: Kysely<ReadModels>): Promise<readonly CommunityId[]> {
  const rows = await db.selectFrom('versions').select('community_id').distinct().orderBy('community_id').execute()
  return rows.map((row) => row.community_id)
}

/** All versions of all communities, in the order in which they were made or fetched. */
export async function readVersions(db: Kysely<ReadModels>): Promise<readonly AnyVersionRow[]> {
  const rows = await selectVersions(db).select('run_id').orderBy('position').execute()
  return rows.map(({ run_id: runId, ...row }) => ({ ...row, isFetched: runId === null }))
}

/** The versions of a community, in the order in which they were made or fetched. */
export async function readCommunityVersions(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
): Promise<readonly AnyVersionRow[]> {
  const query = selectVersions(db).select('run_id').where('community_id', '=', communityId)
  const rows = await query.orderBy('position').execute()
  return rows.map(({ run_id: runId, ...row }) => ({ ...row, isFetched: runId === null }))
}

function selectVersions(db: Kysely<ReadModels>) {
  return db
    .selectFrom('versions')
    .select([
      'community_id as communityId',
      'info_hash as infoHash',
      'generation',
      'data_bytes as dataBytes',
      'index_bytes as indexBytes',
      'magnet_uri as magnetUri',
      'created_at as createdAt',
      'created_by as createdBy',
    ])
}

function selectCreated(db: Kysely<ReadModels>) {
  return selectVersions(db)
    .select([
      'from_second as from',
      'to_second as to',
      'run_id as runId',
      'recorded_up_to as recordedUpTo',
      'correlation_id as correlationId',
    ])
    .where('run_id', 'is not', null)
    .$narrowType<Pick<VersionRow, 'from' | 'to' | 'runId' | 'recordedUpTo'>>() // Set whenever a run made it.
}
