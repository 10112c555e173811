import { sql as raw, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { LinkRefusalCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock, LinkProof, MagnetUri } from '../domain/magnet.ts'
import type { LinkOrigin } from '../domain/member-events.ts'
import type { UnixMillis } from '../domain/time.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface ReceivedLinksTable {
  readonly community_id: CommunityId
  readonly clock: Clock
  readonly info_hash: InfoHash
  readonly magnet_uri: MagnetUri
  /** A JSON object. */
  readonly origin: string
  readonly public_key: string | null
  readonly signature: string | null
  readonly signed_text_sha256: string | null
  readonly received_at: UnixMillis
  readonly received_by: EventId
  readonly correlation_id: CorrelationId
  readonly position: Position
}

export interface RefusedLinksTable {
  readonly community_id: CommunityId
  readonly code: LinkRefusalCode
  readonly origin: LinkOrigin['type']
  readonly clock: Clock | null
  readonly first_at: UnixMillis
}

/** The newest link that a member believes. */
export interface ReceivedLinkRow {
  readonly communityId: CommunityId
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
  readonly origin: LinkOrigin
  /** Null where an operator vouches for the link. */
  readonly proof: LinkProof | null
  readonly receivedAt: UnixMillis
  /** The MagnetlinkReceived event, its correlation id and its position. */
  readonly receivedBy: EventId
  readonly correlationId: CorrelationId
  readonly position: Position
}

/** Why links were not believed since the newest one that was. */
export interface RefusedLinkRow {
  readonly communityId: CommunityId
  readonly code: LinkRefusalCode
  readonly origin: LinkOrigin['type']
  /** What the first of them said of itself. */
  readonly clock: Clock | null
  readonly firstAt: UnixMillis
}

/** Where members believe the newest archives to be, and why they did not believe others. Keys: community; and code. */
export const receivedLinks = {
  name: 'received_links',
  version: 1,
  tables: ['received_links', 'refused_links'],
  create: [
    raw`create table received_links (
      community_id text primary key,
      clock integer not null,
      info_hash text not null,
      magnet_uri text not null,
      origin text not null,
      public_key text,
      signature text,
      signed_text_sha256 text,
      received_at integer not null,
      received_by text not null,
      correlation_id text not null,
      position integer not null
    ) strict, without rowid`.compile(sql),
    raw`create table refused_links (
      community_id text not null,
      code text not null,
      origin text not null,
      clock integer,
      first_at integer not null,
      primary key (community_id, code)
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    MagnetlinkReceived: ({ event: { communityId, data }, id, correlationId, position, recordedAt }) => {
      const row = {
        clock: data.clock,
        info_hash: data.infoHash,
        magnet_uri: data.magnetUri,
        origin: canonicalJson(data.origin), // The log keeps no order of keys.,
        public_key: data.proof?.publicKey ?? null,
        signature: data.proof?.signature ?? null,
        signed_text_sha256: data.proof?.signedTextSha256 ?? null,
        received_at: recordedAt,
        received_by: id,
        correlation_id: correlationId,
        position,
      }
      return [
        sql
          .insertInto('received_links')
          .values({ community_id: communityId, ...row })
          .onConflict((known) => known.column('community_id').doUpdateSet(row))
          .compile(),
        sql.deleteFrom('refused_links').where('community_id', '=', communityId).compile(),
      ]
    },
    // This node is the control node now, and knows of nothing newer than its own.
    MagnetlinkDispatched: ({ event: { communityId } }) => [
      sql.deleteFrom('received_links').where('community_id', '=', communityId).compile(),
    ],
    MagnetlinkRefused: ({ event: { communityId, data }, recordedAt }) => [
      sql
        .insertInto('refused_links')
        .values({ community_id: communityId, ...data, first_at: recordedAt })
        .compile(),
    ],
  },
} satisfies Projection

/** The newest believed link of each of the communities, or of all. A community without one has none. */
export async function readReceivedLinks(
  db: Kysely<ReadModels>,
  communityIds?: readonly CommunityId[],
): Promise<readonly ReceivedLinkRow[]> {
  let query = db
    .selectFrom('received_links')
    .select([
      'community_id as communityId',
      'clock',
      'info_hash as infoHash',
      'magnet_uri as magnetUri',
      'origin',
      'public_key',
      'signature',
      'signed_text_sha256',
      'received_at as receivedAt',
      'received_by as receivedBy',
      'correlation_id as correlationId',
      'position',
    ])
    .orderBy('community_id')
  if (communityIds !== undefined) query = query.where('community_id', 'in', communityIds)
  return (await query.execute()).map(
    ({ origin, public_key: publicKey, signature, signed_text_sha256: signedTextSha256, ...row }) => ({
      ...row,
      origin: JSON.parse(origin) as LinkOrigin, // The projection wrote it from a value of this type.
      proof: publicKey === null || signature === null ? null : { publicKey, signature, signedTextSha256 },
    }),
  )
}

/** Why links of the communities were refused, in the order of their codes. */
export async function readRefusedLinks(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly RefusedLinkRow[]> {
  return db
    .selectFrom('refused_links')
    .select(['community_id as communityId', 'code', 'origin', 'clock', 'first_at as firstAt'])
    .where('community_id', 'in', communityIds)
    .orderBy('community_id')
    .orderBy('code')
    .execute()
}
