import { sql as raw, type CompiledQuery, type Kysely } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

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

/** One try to archive the messages sent in [from, to). */
export interface RunRow {
  readonly runId: RunId
  readonly communityId: CommunityId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
  readonly status: RunStatus
  /** Why it failed; null unless it did. */
  readonly code: ArchiveFailureCode | null
  /** What goes with the code. */
  readonly numbers: Readonly<Record<string, number>>
  readonly startedAt: UnixMillis
  readonly endedAt: UnixMillis | null
  /** The ArchiveCreationStarted event, its correlation id and its position. */
  readonly startedBy: EventId
  readonly correlationId: CorrelationId
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

/** The runs that have not ended, in the order in which they began. */
export async function readRunningRuns(db: Kysely<ReadModels>): Promise<readonly RunRow[]> {
  const rows = await selectRuns(db).where('status', '=', raw.lit('RUNNING')).orderBy('position').execute()
  return rows.map(rowOf)
}

/** A run by its id, or null. */
export async function readRun(db: Kysely<ReadModels>, runId: RunId): Promise<RunRow | null> {
  const row = await selectRuns(db).where('run_id', '=', runId).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** The run of each community that was started last. A community without a run has none. */
export async function readLastRuns(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly RunRow[]> {
  const rows = await selectRuns(db)
    .where((run) =>
      run(
        run.refTuple('community_id', 'position'),
        'in',
        run
          .selectFrom('communities')
          .select((community) => [
            'communities.community_id',
            // The end of an index, where grouping would read all runs.
            community
              .selectFrom('runs as other')
              .select((other) => other.fn.max('other.position').as('position'))
              .whereRef('other.community_id', '=', 'communities.community_id')
              .$asScalar()
              .as('position'),
          ])
          .where('communities.community_id', 'in', communityIds)
          .$asTuple('community_id', 'position'),
      ),
    )
    .execute()
  return rows.map(rowOf)
}

function selectRuns(db: Kysely<ReadModels>) {
  return db
    .selectFrom('runs')
    .select([
      'run_id as runId',
      'community_id as communityId',
      'from_second as from',
      'to_second as to',
      'content_topics',
      'partition_seconds as partitionSeconds',
      'status',
      'code',
      'numbers',
      'started_at as startedAt',
      'ended_at as endedAt',
      'started_by as startedBy',
      'correlation_id as correlationId',
      'position',
    ])
}

type StoredRow = Omit<RunRow, 'contentTopics' | 'numbers'> & Pick<RunsTable, 'content_topics' | 'numbers'>

/** The JSON columns were written by the projection, from values of these types. */
function rowOf({ content_topics, numbers, ...row }: StoredRow): RunRow {
  return {
    ...row,
    contentTopics: JSON.parse(content_topics) as ContentTopic[],
    numbers: JSON.parse(numbers) as Record<string, number>,
  }
}
