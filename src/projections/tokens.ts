import { sql as raw, type Kysely, type Selectable } from 'kysely'
import type { TokenId } from '../domain/access-token.ts'
import type { AccessRole, Grant } from '../domain/access.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { Actor, Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface TokensTable {
  readonly token_id: TokenId
  /** Of the TokenCreated event. */
  readonly position: Position
  /** SHA-256 of the whole token, in hex. */
  readonly hash: string
  readonly role: AccessRole
  /** A list in JSON; null for all communities. */
  readonly community_ids: string | null
  readonly created_at: UnixMillis
  readonly created_by: Actor
  readonly expires_at: UnixMillis | null
  readonly revoked_at: UnixMillis | null
}

/** A token, without what it is recognised by. */
export interface TokenRow extends Grant {
  readonly tokenId: TokenId
  /** Of the event that it was made by. */
  readonly position: Position
  readonly createdAt: UnixMillis
  /** Who had it made. */
  readonly createdBy: Actor
  /** Null where it is good until it is revoked. */
  readonly expiresAt: UnixMillis | null
  /** Null where it was not. */
  readonly revokedAt: UnixMillis | null
}

/** Every token that was ever made. Key: its id; its position and its hash are its own too. */
export const tokens = {
  name: 'tokens',
  version: 1,
  tables: ['tokens'],
  create: [
    raw`create table tokens (
      token_id text primary key,
      position integer not null unique,
      hash text not null unique,
      role text not null,
      community_ids text,
      created_at integer not null,
      created_by text not null,
      expires_at integer,
      revoked_at integer
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    TokenCreated: ({ event: { data }, position, recordedAt, actor }) => [
      sql
        .insertInto('tokens')
        .values({
          token_id: data.tokenId,
          position,
          hash: data.hash,
          role: data.role,
          community_ids: data.communityIds === null ? null : JSON.stringify(data.communityIds),
          created_at: recordedAt,
          created_by: actor,
          expires_at: data.expiresAt,
          revoked_at: null,
        })
        .compile(),
    ],
    TokenRevoked: ({ event: { data }, recordedAt }) => [
      sql.updateTable('tokens').set({ revoked_at: recordedAt }).where('token_id', '=', data.tokenId).compile(),
    ],
  },
} satisfies Projection

/** The token with this hash, also one that expired or was revoked; null where there never was one. */
export async function readTokenByHash(db: Kysely<ReadModels>, hash: string): Promise<TokenRow | null> {
  const row = await db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** The token of this id, also one that expired or was revoked; null where there never was one. */
export async function readToken(db: Kysely<ReadModels>, tokenId: TokenId): Promise<TokenRow | null> {
  const row = await db.selectFrom('tokens').selectAll().where('token_id', '=', tokenId).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** Which of them, by the positions of their events. */
export interface TokenRange {
  readonly after?: Position | undefined
  readonly before?: Position | undefined
  /** How many at most, from the beginning on. */
  readonly first?: number
  /** How many at most, from the end back. */
  readonly last?: number
}

/** The tokens that were ever made, in that order. */
export async function readTokens(db: Kysely<ReadModels>, range: TokenRange = {}): Promise<readonly TokenRow[]> {
  const { after, before, first, last } = range
  let query = db.selectFrom('tokens').selectAll()
  if (after !== undefined) query = query.where('position', '>', after)
  if (before !== undefined) query = query.where('position', '<', before)
  query = query.orderBy('position', last === undefined ? 'asc' : 'desc')
  const limit = last ?? first
  const rows = (await (limit === undefined ? query : query.limit(limit)).execute()).map(rowOf)
  return last === undefined ? rows : rows.toReversed()
}

/** How many tokens were not revoked, and how many of them can be used now. */
export async function countTokens(
  db: Kysely<ReadModels>,
  now: UnixMillis,
): Promise<{ readonly unrevoked: number; readonly live: number }> {
  const isLive = raw<number>`count(*) filter (where expires_at is null or expires_at > ${now})`
  return db
    .selectFrom('tokens')
    .select(({ fn }) => [fn.countAll<number>().as('unrevoked'), isLive.as('live')])
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
}

function rowOf(row: Selectable<TokensTable>): TokenRow {
  return {
    tokenId: row.token_id,
    position: row.position,
    role: row.role,
    communityIds: row.community_ids === null ? null : (JSON.parse(row.community_ids) as readonly CommunityId[]),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}
