import { sql as raw, type CompiledQuery } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { MagnetUri } from '../domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position, Recorded } from '../events/recorded-event.ts'
import { sql } from './sql.ts'

export interface VersionsTable {
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly generation: number
  readonly data_bytes: number
  readonly index_bytes: number
  readonly magnet_uri: MagnetUri
  /** Of the run that made it; null for one that was fetched. */
  readonly from_second: UnixSeconds | null
  readonly to_second: UnixSeconds | null
  readonly run_id: RunId | null
  readonly recorded_up_to: number | null
  readonly created_at: UnixMillis
  readonly created_by: EventId
  readonly correlation_id: CorrelationId
  /** Of the event that told of it: orders the versions. */
  readonly position: Position
}

/** A torrent: a length of `data.<generation>`, and an index. */
export interface AnyVersionRow {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly generation: number
  readonly dataBytes: number
  readonly indexBytes: number
  readonly magnetUri: MagnetUri
  /** Whether it was fetched from peers: parts of it may be missing. */
  readonly isFetched: boolean
  readonly createdAt: UnixMillis
  /** The event that told of it last, ArchiveCreated or DownloadFinished. */
  readonly createdBy: EventId
}

/** A torrent that a run made. */
export interface VersionRow extends AnyVersionRow {
  /** The range of its run, whose archives are the newest of it. */
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly runId: RunId
  /** Sequence number of the newest message that the run looked at. */
  readonly recordedUpTo: number
  /** That of the ArchiveCreated event. */
  readonly correlationId: CorrelationId
}

/** Every torrent that was ever made or fetched here. Key: community and info hash. */
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
      from_second integer,
      to_second integer,
      run_id text,
      recorded_up_to integer,
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
    ArchiveCreated: (recorded) => {
      const { runId, from, to, recordedUpTo } = recorded.event.data
      return [put(recorded, { from_second: from, to_second: to, run_id: runId, recorded_up_to: recordedUpTo })]
    },
    DownloadFinished: (recorded) => [put(recorded, NO_RUN)],
  },
} satisfies Projection

const NO_RUN = { from_second: null, to_second: null, run_id: null, recorded_up_to: null } as const

type RunColumns = Pick<VersionsTable, 'from_second' | 'to_second' | 'run_id' | 'recorded_up_to'>

type Told = Recorded<Extract<Recorded['event'], { readonly type: 'ArchiveCreated' | 'DownloadFinished' }>>

/**
 * The same torrent can be told of again: more of it was fetched, and into another generation; a run of this node came to
 * what it had fetched, as it packs the same messages; or the other way round.
 */
function put(
  { event: { communityId, data }, id, correlationId, position, recordedAt }: Told,
  run: RunColumns,
): CompiledQuery {
  const told = {
    generation: data.generation,
    data_bytes: data.dataBytes,
    index_bytes: data.indexBytes,
    magnet_uri: data.magnetUri,
    ...run,
    created_at: recordedAt,
    created_by: id,
    correlation_id: correlationId,
    position,
  }
  return sql
    .insertInto('versions')
    .values({ community_id: communityId, info_hash: data.infoHash, ...told })
    .onConflict((known) => known.columns(['community_id', 'info_hash']).doUpdateSet(told))
    .compile()
}

export {
  readArchivedCommunities,
  readCommunityVersions,
  readFetchedGeneration,
  readFetchedVersion,
  readGenerationOf,
  readNewestGeneration,
  readNewestVersion,
  readOpenGeneration,
  readVersions,
} from './read-versions.ts'
