import { sql as raw, type CompiledQuery, type Kysely, type UpdateObject } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { FollowUrl } from '../domain/follow-url.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface FollowsTable {
  readonly community_id: CommunityId
  readonly url: FollowUrl
  readonly node_key: string | null
  readonly cursor: string | null
  readonly followed_at: UnixMillis
}

/** A node that links of a community are taken from. */
export interface FollowRow {
  readonly communityId: CommunityId
  readonly url: FollowUrl
  /** The key that has to sign its links, Ed25519, 32 bytes in hex; null until one is pinned. */
  readonly nodeKey: string | null
  /** Where the newest link that it brought stands there; null before the first. */
  readonly cursor: string | null
  readonly followedAt: UnixMillis
}

/** The nodes that members follow. Key: community and URL. */
export const follows = {
  name: 'follows',
  version: 1,
  tables: ['follows'],
  create: [
    raw`create table follows (
      community_id text not null,
      url text not null,
      node_key text,
      cursor text,
      followed_at integer not null,
      primary key (community_id, url)
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    NodeFollowed: ({ event: { communityId, data }, recordedAt }) => [
      sql
        .insertInto('follows')
        .values({
          community_id: communityId,
          url: data.url,
          node_key: data.nodeKey,
          cursor: null,
          followed_at: recordedAt,
        })
        .onConflict((known) => known.columns(['community_id', 'url']).doUpdateSet({ node_key: data.nodeKey }))
        .compile(),
    ],
    NodeUnfollowed: ({ event: { communityId, data } }) => [
      sql.deleteFrom('follows').where('community_id', '=', communityId).where('url', '=', data.url).compile(),
    ],
    CommunityPurged: ({ event: { communityId } }) => [
      sql.deleteFrom('follows').where('community_id', '=', communityId).compile(),
    ],
    NodeKeyPinned: ({ event: { communityId, data } }) => [change(communityId, data.url, { node_key: data.nodeKey })],
    MagnetlinkReceived: ({ event: { communityId, data } }) => {
      const { url, cursor } = data.origin.type === 'FOLLOWED' ? data.origin : NO_FOLLOW
      return [change(communityId, url, { cursor })]
    },
  },
} satisfies Projection

/** Links of other origins belong to no follow: the statement is the same, and changes none. */
const NO_FOLLOW = { url: '' as FollowUrl, cursor: null }

function change(communityId: CommunityId, url: FollowUrl, columns: UpdateObject<ReadModels, 'follows'>): CompiledQuery {
  return sql
    .updateTable('follows')
    .set(columns)
    .where('community_id', '=', communityId)
    .where('url', '=', url)
    .compile()
}

/** The nodes that some communities follow, or all, in the order of community and URL. */
export async function readFollows(
  db: Kysely<ReadModels>,
  communityIds?: readonly CommunityId[],
): Promise<readonly FollowRow[]> {
  let query = db
    .selectFrom('follows')
    .select(['community_id as communityId', 'url', 'node_key as nodeKey', 'cursor', 'followed_at as followedAt'])
    .orderBy('community_id')
    .orderBy('url')
  if (communityIds !== undefined) query = query.where('community_id', 'in', communityIds)
  return query.execute()
}
