import { sql as raw, type Kysely } from 'kysely'
import type { DownloadId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { DownloadFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock, MagnetUri } from '../domain/magnet.ts'
import type { DownloadEnd } from '../domain/member-events.ts'
import type { Selection } from '../domain/selection.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import type { DownloadsTable, DownloadStatus } from './downloads.ts'
import { isLastOfCommunity } from './last-of-communities.ts'
import type { ReadModels } from './read-models.ts'

/** A member's fetching of what it wanted of a torrent. */
export interface DownloadRow {
  readonly downloadId: DownloadId
  readonly communityId: CommunityId
  readonly clock: Clock
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
  readonly selection: Selection
  readonly status: DownloadStatus
  /** Why it was cancelled; null unless it was. */
  readonly reason: DownloadEnd | null
  /** Why it did not get on when that was last told; null where nothing was, or where it ended. */
  readonly failure: {
    readonly code: DownloadFailureCode
    readonly numbers: Readonly<Record<string, number>>
    readonly at: UnixMillis
  } | null
  /** How many archives it fetched so far. */
  readonly archives: number
  /** How many archives the index names; null until it finished. */
  readonly totalArchives: number | null
  readonly startedAt: UnixMillis
  readonly endedAt: UnixMillis | null
  /** The DownloadFinished or DownloadCancelled event; null until it ended. */
  readonly endedBy: EventId | null
  /** The DownloadStarted event, its correlation id and its position. */
  readonly startedBy: EventId
  readonly correlationId: CorrelationId
  readonly position: Position
}

/** The downloads that have not ended, in the order in which they began: one a community. */
export async function readRunningDownloads(db: Kysely<ReadModels>): Promise<readonly DownloadRow[]> {
  const rows = await selectDownloads(db).where('status', '=', raw.lit('RUNNING')).orderBy('position').execute()
  return rows.map(rowOf)
}

/** The download of each community that was started last. A community without one has none. */
export async function readLastDownloads(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly DownloadRow[]> {
  const rows = await selectDownloads(db).where(isLastOfCommunity('downloads', communityIds)).execute()
  return rows.map(rowOf)
}

function selectDownloads(db: Kysely<ReadModels>) {
  return db
    .selectFrom('downloads')
    .select([
      'download_id as downloadId',
      'community_id as communityId',
      'clock',
      'info_hash as infoHash',
      'magnet_uri as magnetUri',
      'selection',
      'status',
      'reason',
      'code',
      'numbers',
      'failed_at',
      'archives',
      'total_archives as totalArchives',
      'started_at as startedAt',
      'ended_at as endedAt',
      'started_by as startedBy',
      'ended_by as endedBy',
      'correlation_id as correlationId',
      'position',
    ])
}

type StoredRow = Omit<DownloadRow, 'selection' | 'failure'> &
  Pick<DownloadsTable, 'selection' | 'code' | 'numbers' | 'failed_at'>

/** The JSON columns were written by the projection, from values of these types. */
function rowOf({ selection, code, numbers, failed_at: at, ...row }: StoredRow): DownloadRow {
  return {
    ...row,
    selection: JSON.parse(selection) as Selection,
    failure: code === null || at === null ? null : { code, numbers: JSON.parse(numbers) as Record<string, number>, at },
  }
}
