import { sql as raw, type Kysely } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import { isLastOfCommunity } from './last-of-communities.ts'
import type { ReadModels } from './read-models.ts'
import type { RunsTable, RunStatus } from './runs.ts'

/** One try to archive the messages sent in [from, to). */
export interface RunRow {
  readonly runId: RunId
  readonly communityId: CommunityId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
  readonly partitionSeconds: number
  /** Messages sent before `from` with a higher sequence number are late, and packed as well. */
  readonly recordedAfter: number
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
  const rows = await selectRuns(db).where(isLastOfCommunity('runs', communityIds)).execute()
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
      'recorded_after as recordedAfter',
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
