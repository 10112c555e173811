import { sql as raw, type CompiledQuery, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { KnownCommunity } from '../domain/community.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Role } from '../domain/events.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface CommunitiesTable {
  readonly community_id: CommunityId
  readonly status: KnownCommunity['status']
  readonly role: Role
  /** A JSON array of texts, in the community's order. */
  readonly content_topics: string
  readonly archiving: KnownCommunity['archiving']
  readonly seeding: KnownCommunity['seeding']
  readonly archived_up_to: UnixSeconds | null
  readonly added_at: UnixMillis
  readonly left_at: UnixMillis | null
}

/** A community that this node takes part in, or once did. */
export interface CommunityRow {
  readonly communityId: CommunityId
  readonly status: KnownCommunity['status']
  readonly role: Role
  readonly contentTopics: readonly ContentTopic[]
  readonly archiving: KnownCommunity['archiving']
  readonly seeding: KnownCommunity['seeding']
  /** The end of the last run that ended well; the next one begins here. */
  readonly archivedUpTo: UnixSeconds | null
  /** When it was added, the last time if more than once. */
  readonly addedAt: UnixMillis
  /** Null while it is added. */
  readonly leftAt: UnixMillis | null
}

/** A part of the communities, which are in the order of their ids. All of them when empty. */
export interface CommunityPage {
  readonly afterId?: CommunityId | undefined
  readonly beforeId?: CommunityId | undefined
  /** At most this many from the front. Not together with `last`. */
  readonly first?: number | undefined
  /** At most this many from the back. */
  readonly last?: number | undefined
}

/** The state of each community that was ever added. Key: community. */
export const communities = {
  name: 'communities',
  version: 1,
  tables: ['communities'],
  create: [
    raw`create table communities (
      community_id text primary key,
      status text not null,
      role text not null,
      content_topics text not null,
      archiving text not null,
      seeding text not null,
      archived_up_to integer,
      added_at integer not null,
      left_at integer
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    CommunityAdded: ({ event: { communityId, data }, recordedAt }) => [added(communityId, data.role, recordedAt)],
    CommunityLeft: ({ event, recordedAt }) => [change(event, { status: 'LEFT', left_at: recordedAt })],
    ContentTopicsChanged: ({ event }) => [change(event, { content_topics: JSON.stringify(event.data.contentTopics) })],
    ArchivingEnabled: ({ event }) => [change(event, { archiving: 'ENABLED' })],
    ArchivingDisabled: ({ event }) => [change(event, { archiving: 'DISABLED' })],
    SeedingRequested: ({ event }) => [change(event, { seeding: 'REQUESTED' })],
    SeedingWithdrawn: ({ event }) => [change(event, { seeding: 'WITHDRAWN' })],
    ArchiveCreated: ({ event }) => [change(event, { archived_up_to: event.data.to })],
    NoArchiveCreated: ({ event }) => [change(event, { archived_up_to: event.data.to })],
  },
} satisfies Projection

/** Topics and archived range are kept over a leave; wishes begin anew. */
function added(communityId: CommunityId, role: Role, addedAt: UnixMillis): CompiledQuery {
  const anew = {
    status: 'ADDED',
    role,
    archiving: 'DISABLED',
    seeding: 'REQUESTED',
    added_at: addedAt,
    left_at: null,
  } as const
  return sql
    .insertInto('communities')
    .values({ community_id: communityId, content_topics: '[]', archived_up_to: null, ...anew })
    .onConflict((row) => row.column('community_id').doUpdateSet(anew))
    .compile()
}

function change(
  { communityId }: { readonly communityId: CommunityId },
  columns: Partial<CommunitiesTable>,
): CompiledQuery {
  return sql.updateTable('communities').set(columns).where('community_id', '=', communityId).compile()
}

/** A community by its id, or null when it was never added. */
export async function readCommunity(db: Kysely<ReadModels>, communityId: CommunityId): Promise<CommunityRow | null> {
  const row = await selectCommunities(db).where('community_id', '=', communityId).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** A page of communities, always in ascending order of their ids. */
export async function readCommunities(db: Kysely<ReadModels>, page: CommunityPage): Promise<readonly CommunityRow[]> {
  const { afterId, beforeId, first, last } = page
  const limit = last ?? first
  let query = selectCommunities(db).orderBy('community_id', last === undefined ? 'asc' : 'desc')
  if (afterId !== undefined) query = query.where('community_id', '>', afterId)
  if (beforeId !== undefined) query = query.where('community_id', '<', beforeId)
  if (limit !== undefined) query = query.limit(limit)
  const rows = (await query.execute()).map(rowOf)
  return last === undefined ? rows : rows.toReversed()
}

/** How many communities there are, those that were left included. */
export async function countCommunities(db: Kysely<ReadModels>): Promise<number> {
  const { count } = await db
    .selectFrom('communities')
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function selectCommunities(db: Kysely<ReadModels>) {
  return db
    .selectFrom('communities')
    .select([
      'community_id as communityId',
      'status',
      'role',
      'content_topics',
      'archiving',
      'seeding',
      'archived_up_to as archivedUpTo',
      'added_at as addedAt',
      'left_at as leftAt',
    ])
}

function rowOf({
  content_topics,
  ...row
}: Omit<CommunityRow, 'contentTopics'> & Pick<CommunitiesTable, 'content_topics'>): CommunityRow {
  // The projection wrote it from branded values.
  return { ...row, contentTopics: JSON.parse(content_topics) as ContentTopic[] }
}
