import { sql as raw, type Kysely } from 'kysely'
import type { ArchiveEntry, ArchiveId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface ArchivesTable {
  readonly community_id: CommunityId
  readonly offset: number
  readonly generation: number
  readonly archive_id: ArchiveId
  readonly from_second: UnixSeconds
  readonly to_second: UnixSeconds
  readonly raw_bytes: number
  readonly padding_bytes: number
  readonly messages: number
  readonly sha256: string
  readonly info_hash: InfoHash
  readonly created_at: UnixMillis
  readonly position: Position
}

/** One archive inside the community's newest `data`. */
export interface ArchiveRow extends ArchiveEntry {
  readonly communityId: CommunityId
  /** The torrent of the version that added it; later versions hold it too. */
  readonly infoHash: InfoHash
  readonly createdAt: UnixMillis
  /** Of the ArchiveCreated event. */
  readonly position: Position
}

/** A part of a community's archives, which are in the order of their offsets. All of them when empty. */
export interface ArchivePage {
  readonly afterOffset?: number | undefined
  readonly beforeOffset?: number | undefined
  /** At most this many from the front. Not together with `last`. */
  readonly first?: number | undefined
  /** At most this many from the back. */
  readonly last?: number | undefined
}

/** What the newest `data` of each community is made of. Key: community and offset. */
export const archives = {
  name: 'archives',
  version: 1,
  tables: ['archives'],
  create: [
    raw`create table archives (
      community_id text not null,
      "offset" integer not null,
      generation integer not null,
      archive_id text not null,
      from_second integer not null,
      to_second integer not null,
      raw_bytes integer not null,
      padding_bytes integer not null,
      messages integer not null,
      sha256 text not null,
      info_hash text not null,
      created_at integer not null,
      position integer not null,
      primary key (community_id, "offset")
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    CommunityPurged: ({ event: { communityId } }) => [
      sql.deleteFrom('archives').where('community_id', '=', communityId).compile(),
    ],
    ArchiveCreated: ({ event: { communityId, data }, position, recordedAt }) => [
      // A new generation is a new file, which begins at offset 0.
      sql
        .deleteFrom('archives')
        .where('community_id', '=', communityId)
        .where('generation', '<>', data.generation)
        .compile(),
      // One statement of constant text, however many archives a run made.
      raw`insert into archives (
          community_id, "offset", generation, archive_id, from_second, to_second,
          raw_bytes, padding_bytes, messages, sha256, info_hash, created_at, position
        )
        select
          ${communityId}, value ->> 'offset', ${data.generation}, value ->> 'id', value ->> 'from', value ->> 'to',
          value ->> 'rawBytes', value ->> 'paddingBytes', value ->> 'messages', value ->> 'sha256',
          ${data.infoHash}, ${recordedAt}, ${position}
        from json_each(${JSON.stringify(data.archives)})`.compile(sql),
    ],
  },
} satisfies Projection

/** A page of a community's archives, always in ascending order of their offsets. */
export async function readArchives(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
  page: ArchivePage,
): Promise<readonly ArchiveRow[]> {
  const { afterOffset, beforeOffset, first, last } = page
  const limit = last ?? first
  let query = selectArchives(db)
    .where('community_id', '=', communityId)
    .orderBy('offset', last === undefined ? 'asc' : 'desc')
  if (afterOffset !== undefined) query = query.where('offset', '>', afterOffset)
  if (beforeOffset !== undefined) query = query.where('offset', '<', beforeOffset)
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query.execute()
  return last === undefined ? rows : rows.toReversed()
}

/** How many archives the newest `data` of a community is made of. */
export async function countArchives(db: Kysely<ReadModels>, communityId: CommunityId): Promise<number> {
  const { count } = await db
    .selectFrom('archives')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('community_id', '=', communityId)
    .executeTakeFirstOrThrow()
  return count
}

function selectArchives(db: Kysely<ReadModels>) {
  return db
    .selectFrom('archives')
    .select([
      'community_id as communityId',
      'archive_id as id',
      'from_second as from',
      'to_second as to',
      'offset',
      'raw_bytes as rawBytes',
      'padding_bytes as paddingBytes',
      'messages',
      'sha256',
      'info_hash as infoHash',
      'created_at as createdAt',
      'position',
    ])
}
