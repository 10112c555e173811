import { sql as raw, type Kysely } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { MagnetUri } from '../domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface VersionsTable {
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly generation: number
  readonly data_bytes: number
  readonly index_bytes: number
  readonly magnet_uri: MagnetUri
  readonly from_second: UnixSeconds
  readonly to_second: UnixSeconds
  readonly run_id: RunId
  readonly recorded_up_to: number
  readonly created_at: UnixMillis
  readonly created_by: EventId
  readonly correlation_id: CorrelationId
  /** Of the ArchiveCreated event: orders the versions. */
  readonly position: Position
}

/** A torrent that a run made: a length of `data.<generation>`, and an index. */
export interface VersionRow {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly generation: number
  readonly dataBytes: number
  readonly indexBytes: number
  readonly magnetUri: MagnetUri
  /** The range of its run, whose archives are the newest of it. */
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly runId: RunId
  /** Sequence number of the newest message that the run looked at. */
  readonly recordedUpTo: number
  readonly createdAt: UnixMillis
  /** The ArchiveCreated event and its correlation id. */
  readonly createdBy: EventId
  readonly correlationId: CorrelationId
}

/** Every torrent that was ever made here. Key: community and info hash. */
export const versions = {
  name: 'versions',
  version: 1,
  tables: ['versions'],
  create: [
    raw`create table versions (
      community_id text not null,
      info_hash text not null,
      generation integer not null,
      data_bytes integer not null,
      index_bytes integer not null,
      magnet_uri text not null,
      from_second integer not null,
      to_second integer not null,
      run_id text not null,
      recorded_up_to integer not null,
      created_at integer not null,
      created_by text not null,
      correlation_id text not null,
      position integer not null,
      primary key (community_id, info_hash)
    ) strict, without rowid`.compile(sql),
    raw`create index versions_by_age on versions (community_id, position)`.compile(sql),
  ],
  on: {
    CommunityPurged: ({ event: { communityId } }) => [
      sql.deleteFrom('versions').where('community_id', '=', communityId).compile(),
    ],
    ArchiveCreated: ({ event: { communityId, data }, id, correlationId, position, recordedAt }) => [
      sql
        .insertInto('versions')
        .values({
          community_id: communityId,
          info_hash: data.infoHash,
          generation: data.generation,
          data_bytes: data.dataBytes,
          index_bytes: data.indexBytes,
          magnet_uri: data.magnetUri,
          from_second: data.from,
          to_second: data.to,
          run_id: data.runId,
          recorded_up_to: data.recordedUpTo,
          created_at: recordedAt,
          created_by: id,
          correlation_id: correlationId,
          position,
        })
        .compile(),
    ],
  },
} satisfies Projection

/** The version of a community that was created last, or null before the first. */
export async function readNewestVersion(db: Kysely<ReadModels>, communityId: CommunityId): Promise<VersionRow | null> {
  const row = await selectVersions(db)
    .where('community_id', '=', communityId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

/** A version by the info hash of its torrent, or null. */
export async function readVersion(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
  infoHash: InfoHash,
): Promise<VersionRow | null> {
  const row = await selectVersions(db)
    .where('community_id', '=', communityId)
    .where('info_hash', '=', infoHash)
    .executeTakeFirst()
  return row ?? null
}

/** The communities that have a version, in the order of their ids. */
export async function readArchivedCommunities(db: Kysely<ReadModels>): Promise<readonly CommunityId[]> {
  const rows = await db.selectFrom('versions').select('community_id').distinct().orderBy('community_id').execute()
  return rows.map((row) => row.community_id)
}

/** All versions of all communities, in the order in which they were created. */
export async function readVersions(db: Kysely<ReadModels>): Promise<readonly VersionRow[]> {
  return selectVersions(db).orderBy('position').execute()
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
      'from_second as from',
      'to_second as to',
      'run_id as runId',
      'recorded_up_to as recordedUpTo',
      'created_at as createdAt',
      'created_by as createdBy',
      'correlation_id as correlationId',
    ])
}
