import { sql as raw, type CompiledQuery } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import { sql } from './sql.ts'

export { readLastRuns, readRun, readRunningRuns, type RunRow } from './read-runs.ts'

/** How a run stands: EMPTY found no message, FAILED leaves its range to be packed. */
export type RunStatus = 'RUNNING' | 'CREATED' | 'EMPTY' | 'FAILED'

export interface RunsTable {
  readonly run_id: RunId
  readonly community_id: CommunityId
  readonly from_second: UnixSeconds
  readonly to_second: UnixSeconds
  /** A JSON array of texts. */
  readonly content_topics: string
  readonly partition_seconds: number
  readonly recorded_after: number
  readonly status: RunStatus
  readonly code: ArchiveFailureCode | null
  /** A JSON object of numbers. */
  readonly numbers: string
  readonly started_at: UnixMillis
  readonly ended_at: UnixMillis | null
  readonly started_by: EventId
  readonly correlation_id: CorrelationId
  readonly position: Position
}

/** All runs that were ever started. Key: run. */
export const runs = {
  name: 'runs',
  version: 1,
  tables: ['runs'],
  create: [
    raw`create table runs (
      run_id text primary key,
      community_id text not null,
      from_second integer not null,
      to_second integer not null,
      content_topics text not null,
      partition_seconds integer not null,
      recorded_after integer not null,
      status text not null,
      code text,
      numbers text not null,
      started_at integer not null,
      ended_at integer,
      started_by text not null,
      correlation_id text not null,
      position integer not null
    ) strict, without rowid`.compile(sql),
    raw`create index runs_by_community on runs (community_id, position)`.compile(sql),
    raw`create index runs_running on runs (position) where status = 'RUNNING'`.compile(sql),
  ],
  on: {
    ArchiveCreationStarted: ({ event: { communityId, data }, id, correlationId, position, recordedAt }) => [
      sql
        .insertInto('runs')
        .values({
          run_id: data.runId,
          community_id: communityId,
          from_second: data.from,
          to_second: data.to,
          content_topics: JSON.stringify(data.contentTopics),
          partition_seconds: data.partitionSeconds,
          recorded_after: data.recordedAfter,
          status: 'RUNNING',
          code: null,
          numbers: '{}',
          started_at: recordedAt,
          ended_at: null,
          started_by: id,
          correlation_id: correlationId,
          position,
        })
        .compile(),
    ],
    ArchiveCreated: ({ event: { data }, recordedAt }) => [
      end(data.runId, { status: 'CREATED', code: null, numbers: '{}', ended_at: recordedAt }),
    ],
    NoArchiveCreated: ({ event: { data }, recordedAt }) => [
      end(data.runId, { status: 'EMPTY', code: null, numbers: '{}', ended_at: recordedAt }),
    ],
    ArchiveCreationFailed: ({ event: { data }, recordedAt }) => [
      end(data.runId, {
        status: 'FAILED',
        code: data.code,
        numbers: canonicalJson(data.numbers), // The log keeps no order of keys.
        ended_at: recordedAt,
      }),
    ],
  },
} satisfies Projection

function end(runId: RunId, columns: Pick<RunsTable, 'status' | 'code' | 'numbers' | 'ended_at'>): CompiledQuery {
  return sql.updateTable('runs').set(columns).where('run_id', '=', runId).compile()
}
