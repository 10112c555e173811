import { sql as raw, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock, MagnetUri } from '../domain/magnet.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export { readServedTorrents, type ServedTorrentRow } from './read-served-torrents.ts'

export interface MagnetlinksTable {
  readonly position: Position
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly clock: Clock
  readonly magnet_uri: MagnetUri
  readonly public_key: string
  readonly signature: string
  readonly dispatched_at: UnixMillis
}

/** One announcement of a torrent to its community. */
export interface MagnetlinkRow {
  /** Of the MagnetlinkDispatched event. */
  readonly position: Position
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly clock: Clock
  readonly magnetUri: MagnetUri
  /** Ed25519 public key, 32 bytes in hex. */
  readonly publicKey: string
  /** Ed25519 over `announcementText`, 64 bytes in hex. */
  readonly signature: string
  readonly dispatchedAt: UnixMillis
}

/** Every dispatch that was ever made. Key: position. */
export const magnetlinks = {
  name: 'magnetlinks',
  version: 1,
  tables: ['magnetlinks'],
  create: [
    raw`create table magnetlinks (
      position integer primary key,
      community_id text not null,
      info_hash text not null,
      clock integer not null,
      magnet_uri text not null,
      public_key text not null,
      signature text not null,
      dispatched_at integer not null
    ) strict`.compile(sql),
    raw`create index magnetlinks_by_clock on magnetlinks (community_id, clock)`.compile(sql),
    raw`create index magnetlinks_by_torrent on magnetlinks (community_id, info_hash)`.compile(sql),
  ],
  on: {
    MagnetlinkDispatched: ({ event: { communityId, data }, position, recordedAt }) => [
      sql
        .insertInto('magnetlinks')
        .values({
          position,
          community_id: communityId,
          info_hash: data.infoHash,
          clock: data.clock,
          magnet_uri: data.magnetUri,
          public_key: data.publicKey,
          signature: data.signature,
          dispatched_at: recordedAt,
        })
        .compile(),
    ],
  },
} satisfies Projection

/** The announcement of a community with the highest clock, or null before the first. */
export async function readCurrentMagnetlink(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
): Promise<MagnetlinkRow | null> {
  const [row] = await readCurrentMagnetlinks(db, [communityId])
  return row ?? null
}

/** The link with the highest clock of each community. A community without a link has none. */
export async function readCurrentMagnetlinks(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly MagnetlinkRow[]> {
  return db
    .selectFrom('magnetlinks')
    .select([
      'position',
      'community_id as communityId',
      'info_hash as infoHash',
      'clock',
      'magnet_uri as magnetUri',
      'public_key as publicKey',
      'signature',
      'dispatched_at as dispatchedAt',
    ])
    .where((link) =>
      link(
        link.refTuple('community_id', 'clock'),
        'in',
        link
          .selectFrom('communities')
          .select((community) => [
            'communities.community_id',
            // The end of an index, where grouping would read all links.
            community
              .selectFrom('magnetlinks as other')
              .select((other) => other.fn.max('other.clock').as('clock'))
              .whereRef('other.community_id', '=', 'communities.community_id')
              .$asScalar()
              .as('clock'),
          ])
          .where('communities.community_id', 'in', communityIds)
          .$asTuple('community_id', 'clock'),
      ),
    )
    .execute()
}

/** The highest clock of a community that was dispatched, or believed by this node as a member; null before the first. */
export async function readLastClock(db: Kysely<ReadModels>, communityId: CommunityId): Promise<Clock | null> {
  const row = await db
    .selectFrom('magnetlinks')
    .select((magnetlink) => magnetlink.fn.max('clock').as('clock'))
    .where('community_id', '=', communityId)
    .unionAll((received) =>
      received.selectFrom('received_links').select('clock').where('community_id', '=', communityId),
    )
    .execute()
  const clocks = row.flatMap(({ clock }) => (clock === null ? [] : [clock]))
  return clocks.toSorted((one, other) => other - one)[0] ?? null
}
