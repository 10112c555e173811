import { sql as raw, type CompiledQuery, type Kysely, type UpdateObject } from 'kysely'
import type { ImportId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import { isLastOfCommunity } from './last-of-communities.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

/** How an import stands: STOPPED by leaving the community. */
export type ImportStatus = 'RUNNING' | 'FINISHED' | 'STOPPED' | 'UNDONE'

export interface ImportsTable {
  readonly import_id: ImportId
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly status: ImportStatus
  readonly imported: number
  readonly quarantined: number
  readonly added: number
  readonly removed: number
  readonly started_at: UnixMillis
  readonly ended_at: UnixMillis | null
  readonly started_by: EventId
  readonly correlation_id: CorrelationId
  readonly position: Position
}

/** One taking over of messages by a member. */
export interface ImportRow {
  readonly importId: ImportId
  readonly communityId: CommunityId
  /** The newest torrent when it began. */
  readonly infoHash: InfoHash
  readonly status: ImportStatus
  /** Archives that it took over, and that it could not. */
  readonly imported: number
  readonly quarantined: number
  /** Messages that it added, and removed. */
  readonly added: number
  readonly removed: number
  readonly startedAt: UnixMillis
  readonly endedAt: UnixMillis | null
  /** The ImportStarted event, its correlation id and its position. */
  readonly startedBy: EventId
  readonly correlationId: CorrelationId
  readonly position: Position
}

/** All imports that were ever started. Key: import. */
export const imports = {
  name: 'imports',
  version: 1,
  tables: ['imports'],
  create: [
    raw`create table imports (
      import_id text primary key,
      community_id text not null,
      info_hash text not null,
      status text not null,
      imported integer not null,
      quarantined integer not null,
      added integer not null,
      removed integer not null,
      started_at integer not null,
      ended_at integer,
      started_by text not null,
      correlation_id text not null,
      position integer not null
    ) strict, without rowid`.compile(sql),
    raw`create index imports_by_community on imports (community_id, position)`.compile(sql),
    raw`create index imports_running on imports (position) where status = 'RUNNING'`.compile(sql),
  ],
  on: {
    ImportStarted: ({ event: { communityId, data }, id, correlationId, position, recordedAt }) => [
      sql
        .insertInto('imports')
        .values({
          import_id: data.importId,
          community_id: communityId,
          info_hash: data.infoHash,
          status: 'RUNNING',
          imported: 0,
          quarantined: 0,
          added: 0,
          removed: 0,
          started_at: recordedAt,
          ended_at: null,
          started_by: id,
          correlation_id: correlationId,
          position,
        })
        .compile(),
    ],
    ArchiveImported: ({ event: { data } }) => [
      change(data.importId, {
        imported: raw`imported + 1`,
        added: raw`added + ${data.added}`,
        removed: raw`removed + ${data.removed}`,
      }),
    ],
    ImportFinished: ({ event: { data }, recordedAt }) => [
      change(data.importId, { status: 'FINISHED', quarantined: data.quarantined, ended_at: recordedAt }),
    ],
    ImportUndone: ({ event: { data } }) => [change(data.importId, { status: 'UNDONE' })],
    CommunityLeft: (recorded) => [stop(recorded)],
    CommunityPurged: (recorded) => [stop(recorded)],
  },
} satisfies Projection

function stop({
  event: { communityId },
  recordedAt,
}: {
  readonly event: { readonly communityId: CommunityId }
  readonly recordedAt: UnixMillis
}): CompiledQuery {
  return sql
    .updateTable('imports')
    .set({ status: 'STOPPED', ended_at: recordedAt })
    .where('community_id', '=', communityId)
    .where('status', '=', raw.lit('RUNNING'))
    .compile()
}

function change(importId: ImportId, columns: UpdateObject<ReadModels, 'imports'>): CompiledQuery {
  return sql.updateTable('imports').set(columns).where('import_id', '=', importId).compile()
}

/** The imports that have not ended, in the order in which they began: one a community. */
export async function readRunningImports(db: Kysely<ReadModels>): Promise<readonly ImportRow[]> {
  return selectImports(db).where('status', '=', raw.lit('RUNNING')).orderBy('position').execute()
}

/** The import of each community that was started last. A community without one has none. */
export async function readLastImports(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly ImportRow[]> {
  return selectImports(db).where(isLastOfCommunity('imports', communityIds)).execute()
}

/** The import of a community that took anything over last, or null. */
export async function readLastTakeover(db: Kysely<ReadModels>, communityId: CommunityId): Promise<ImportRow | null> {
  const row = await selectImports(db)
    .where('community_id', '=', communityId)
    .where('imported', '>', 0)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

function selectImports(db: Kysely<ReadModels>) {
  return db
    .selectFrom('imports')
    .select([
      'import_id as importId',
      'community_id as communityId',
      'info_hash as infoHash',
      'status',
      'imported',
      'quarantined',
      'added',
      'removed',
      'started_at as startedAt',
      'ended_at as endedAt',
      'started_by as startedBy',
      'correlation_id as correlationId',
      'position',
    ])
}
