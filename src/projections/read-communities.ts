import { sql, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { CommunitySettings } from '../domain/community-settings.ts'
import type { KnownCommunity } from '../domain/community.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Role } from '../domain/events.ts'
import type { FailedRuns } from '../domain/schedule.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { CommunitiesTable } from './communities.ts'
import type { ReadModels } from './read-models.ts'

/** A community that this node takes part in, or once did. */
export interface CommunityRow {
  readonly communityId: CommunityId
  readonly status: KnownCommunity['status']
  readonly role: Role
  readonly contentTopics: readonly ContentTopic[]
  readonly settings: CommunitySettings
  readonly archiving: KnownCommunity['archiving']
  readonly seeding: KnownCommunity['seeding']
  /** The end of the last run that ended well; the next one begins here. */
  readonly archivedUpTo: UnixSeconds | null
  /** Sequence number of the newest message that it looked at; 0 before the first. */
  readonly recordedUpTo: number
  /** Runs that failed since one ended well; null where there is none. */
  readonly failedRuns: FailedRuns | null
  /** When it was added, the last time if more than once. */
  readonly addedAt: UnixMillis
  /** Null while it is added. */
  readonly leftAt: UnixMillis | null
  /** Null unless its archives are deleted, and what else is kept of it beside its messages and keys. */
  readonly purgedAt: UnixMillis | null
  /** Null unless its messages and keys are gone too. */
  readonly forgottenAt: UnixMillis | null
}

/** A part of the communities, which are in the order of their ids. All of them when empty. */
export interface CommunityPage {
  /** None but these; null for all. */
  readonly onlyIds?: readonly CommunityId[] | null | undefined
  readonly afterId?: CommunityId | undefined
  readonly beforeId?: CommunityId | undefined
  /** At most this many from the front. Not together with `last`. */
  readonly first?: number | undefined
  /** At most this many from the back. */
  readonly last?: number | undefined
}

/** A community by its id, or null when it was never added. */
export async function readCommunity(db: Kysely<ReadModels>, communityId: CommunityId): Promise<CommunityRow | null> {
  const row = await selectCommunities(db).where('community_id', '=', communityId).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** A page of communities, always in ascending order of their ids. */
export async function readCommunities(db: Kysely<ReadModels>, page: CommunityPage): Promise<readonly CommunityRow[]> {
  const { onlyIds, afterId, beforeId, first, last } = page
  const limit = last ?? first
  let query = selectCommunities(db).orderBy('community_id', last === undefined ? 'asc' : 'desc')
  if (onlyIds != null) query = query.where('community_id', 'in', onlyIds)
  if (afterId !== undefined) query = query.where('community_id', '>', afterId)
  if (beforeId !== undefined) query = query.where('community_id', '<', beforeId)
  if (limit !== undefined) query = query.limit(limit)
  const rows = (await query.execute()).map(rowOf)
  return last === undefined ? rows : rows.toReversed()
}

/** The highest sequence number of a message that any run has looked at; 0 before the first run. */
export async function readHighestRecordedUpTo(db: Kysely<ReadModels>): Promise<number> {
  const { highest } = await db
    .selectFrom('communities')
    .select((row) => row.fn.max('recorded_up_to').as('highest'))
    .executeTakeFirstOrThrow()
  return highest ?? 0
}

/**
 * How many communities there are, those that were left included.
 *
 * @param onlyIds None but these; null for all.
 */
export async function countCommunities(
  db: Kysely<ReadModels>,
  onlyIds: readonly CommunityId[] | null = null,
): Promise<number> {
  const all = db.selectFrom('communities').select((row) => row.fn.countAll<number>().as('count'))
  const counted = onlyIds === null ? all : all.where('community_id', 'in', onlyIds)
  return (await counted.executeTakeFirstOrThrow()).count
}

/** How fast communities may be uploaded, in bytes a second: those that have a limit of their own. */
export async function readUploadLimits(db: Kysely<ReadModels>): Promise<readonly (readonly [CommunityId, number])[]> {
  const limit = sql<number | null>`settings ->> 'uploadBytesPerSecond'`
  const rows = await db
    .selectFrom('communities')
    .select(['community_id as communityId', limit.as('limit')])
    .where(limit, 'is not', null)
    .execute()
  return rows.flatMap(({ communityId, limit: rate }) => (rate === null ? [] : [[communityId, rate] as const]))
}

function selectCommunities(db: Kysely<ReadModels>) {
  return db
    .selectFrom('communities')
    .select([
      'community_id as communityId',
      'status',
      'role',
      'content_topics',
      'settings',
      'archiving',
      'seeding',
      'archived_up_to as archivedUpTo',
      'recorded_up_to as recordedUpTo',
      'failed_runs',
      'failed_at',
      'failed_code',
      'added_at as addedAt',
      'left_at as leftAt',
      'purged_at as purgedAt',
      'forgotten_at as forgottenAt',
    ])
}

type StoredRow = Omit<CommunityRow, 'contentTopics' | 'settings' | 'failedRuns'> &
  Pick<CommunitiesTable, 'content_topics' | 'settings' | 'failed_runs' | 'failed_at' | 'failed_code'>

/** The JSON columns were written by the projection, from values of these types. */
function rowOf({ content_topics, settings, failed_runs, failed_at, failed_code, ...row }: StoredRow): CommunityRow {
  return {
    ...row,
    contentTopics: JSON.parse(content_topics) as ContentTopic[],
    settings: JSON.parse(settings) as CommunitySettings,
    failedRuns:
      failed_at === null || failed_code === null ? null : { count: failed_runs, lastAt: failed_at, code: failed_code },
  }
}
