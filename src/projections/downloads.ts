import { sql as raw, type CompiledQuery, type UpdateObject } from 'kysely'
import type { DownloadId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { DownloadFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Clock, MagnetUri } from '../domain/magnet.ts'
import type { DownloadEnd } from '../domain/member-events.ts'
import type { UnixMillis } from '../domain/time.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId, Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export { readLastDownloads, readRunningDownloads, type DownloadRow } from './read-downloads.ts'

/** How a download stands: RUNNING also while it is paused, or does not get on. */
export type DownloadStatus = 'RUNNING' | 'FINISHED' | 'CANCELLED'

export interface DownloadsTable {
  readonly download_id: DownloadId
  readonly community_id: CommunityId
  readonly clock: Clock
  readonly info_hash: InfoHash
  readonly magnet_uri: MagnetUri
  /** A JSON object. */
  readonly selection: string
  readonly status: DownloadStatus
  readonly reason: DownloadEnd | null
  readonly code: DownloadFailureCode | null
  /** A JSON object of numbers. */
  readonly numbers: string
  readonly failed_at: UnixMillis | null
  readonly archives: number
  readonly total_archives: number | null
  readonly started_at: UnixMillis
  readonly ended_at: UnixMillis | null
  readonly started_by: EventId
  readonly ended_by: EventId | null
  readonly correlation_id: CorrelationId
  readonly position: Position
}

/** All downloads that were started since the files were purged. Key: download. */
export const downloads = {
  name: 'downloads',
  version: 1,
  tables: ['downloads'],
  create: [
    raw`create table downloads (
      download_id text primary key,
      community_id text not null,
      clock integer not null,
      info_hash text not null,
      magnet_uri text not null,
      selection text not null,
      status text not null,
      reason text,
      code text,
      numbers text not null,
      failed_at integer,
      archives integer not null,
      total_archives integer,
      started_at integer not null,
      ended_at integer,
      started_by text not null,
      ended_by text,
      correlation_id text not null,
      position integer not null
    ) strict, without rowid`.compile(sql),
    raw`create index downloads_by_community on downloads (community_id, position)`.compile(sql),
    raw`create index downloads_running on downloads (position) where status = 'RUNNING'`.compile(sql),
  ],
  on: {
    DownloadStarted: ({ event: { communityId, data }, id, correlationId, position, recordedAt }) => [
      sql
        .insertInto('downloads')
        .values({
          download_id: data.downloadId,
          community_id: communityId,
          clock: data.clock,
          info_hash: data.infoHash,
          magnet_uri: data.magnetUri,
          selection: canonicalJson(data.selection),
          status: 'RUNNING',
          ...NO_FAILURE,
          reason: null,
          archives: 0,
          total_archives: null,
          started_at: recordedAt,
          ended_at: null,
          started_by: id,
          ended_by: null,
          correlation_id: correlationId,
          position,
        })
        .compile(),
    ],
    ArchiveDownloaded: ({ event: { data } }) => [
      change(data.downloadId, { archives: raw`archives + 1`, ...NO_FAILURE }),
    ],
    DownloadFailed: ({ event: { data }, recordedAt }) => [
      change(data.downloadId, { code: data.code, numbers: canonicalJson(data.numbers), failed_at: recordedAt }),
    ],
    DownloadFinished: ({ event: { data }, id, recordedAt }) => [
      change(data.downloadId, {
        status: 'FINISHED',
        ended_at: recordedAt,
        ended_by: id,
        total_archives: data.archives,
        ...NO_FAILURE,
      }),
    ],
    DownloadCancelled: ({ event: { data }, id, recordedAt }) => [
      change(data.downloadId, {
        status: 'CANCELLED',
        reason: data.reason,
        ended_at: recordedAt,
        ended_by: id,
        ...NO_FAILURE,
      }),
    ],
    CommunityPurged: ({ event: { communityId } }) => [
      sql.deleteFrom('downloads').where('community_id', '=', communityId).compile(),
    ],
  },
} satisfies Projection

const NO_FAILURE = { code: null, numbers: '{}', failed_at: null } as const

function change(downloadId: DownloadId, columns: UpdateObject<ReadModels, 'downloads'>): CompiledQuery {
  return sql.updateTable('downloads').set(columns).where('download_id', '=', downloadId).compile()
}
