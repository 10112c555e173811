import { sql as raw, type CompiledQuery, type UpdateObject } from 'kysely'
import type { ArchiveEntry, ArchiveId } from '../domain/archive.ts'
import type { QuarantineCode } from '../domain/failure-codes.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ArchiveDownloaded } from '../domain/member-events.ts'
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
  /** Null where it was fetched and not yet imported. */
  readonly messages: number | null
  readonly sha256: string | null
  /** Null where a run made it. */
  readonly import_state: ImportState | null
  /** Set where it is in quarantine. */
  readonly import_code: QuarantineCode | null
  readonly info_hash: InfoHash
  readonly created_at: UnixMillis
  readonly position: Position
}

export { countArchives, readArchives, readFetchedArchives, type ArchivePage } from './read-archives.ts'

/** How a fetched archive stands: WAITING to be imported, or in quarantine. */
export type ImportState = 'WAITING' | 'IMPORTED' | 'QUARANTINED'

/** One archive inside the community's newest `data`. */
export interface ArchiveRow extends Omit<ArchiveEntry, 'messages' | 'sha256'> {
  /** Null where it was fetched and not yet imported. */
  readonly messages: number | null
  readonly sha256: string | null
  /** Null where a run made it. */
  readonly importState: ImportState | null
  /** Why it is in quarantine; null unless it is. */
  readonly importCode: QuarantineCode | null
  readonly communityId: CommunityId
  /** The torrent of the version that added it; later versions hold it too. */
  readonly infoHash: InfoHash
  readonly createdAt: UnixMillis
  /** Of the event that told of it. */
  readonly position: Position
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
      messages integer,
      sha256 text,
      import_state text,
      import_code text,
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
      forgetOtherGenerations(communityId, data.generation),
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
    ArchiveDownloaded: ({ event: { communityId, data }, position, recordedAt }) => [
      forgetOtherGenerations(communityId, data.generation),
      sql
        .replaceInto('archives')
        .values(fetched(communityId, data, position, recordedAt))
        .compile(),
    ],
    ArchiveImported: ({ event: { communityId, data } }) => [
      change(communityId, data.archiveId, {
        messages: data.messages,
        sha256: data.sha256,
        import_state: 'IMPORTED',
        import_code: null,
      }),
    ],
    ArchiveQuarantined: ({ event: { communityId, data } }) => [
      change(communityId, data.archiveId, { import_state: 'QUARANTINED', import_code: data.code }),
    ],
  },
} satisfies Projection

/** A new generation is a new file, which begins at offset 0. */
function forgetOtherGenerations(communityId: CommunityId, generation: number): CompiledQuery {
  return sql
    .deleteFrom('archives')
    .where('community_id', '=', communityId)
    .where('generation', '<>', generation)
    .compile()
}

function fetched(
  communityId: CommunityId,
  { archive, generation, infoHash }: ArchiveDownloaded['data'],
  position: Position,
  recordedAt: UnixMillis,
): ArchivesTable {
  return {
    community_id: communityId,
    offset: archive.offset,
    generation,
    archive_id: archive.id,
    from_second: archive.from,
    to_second: archive.to,
    raw_bytes: archive.sizeBytes - archive.paddingBytes,
    padding_bytes: archive.paddingBytes,
    messages: null,
    sha256: null,
    import_state: 'WAITING',
    import_code: null,
    info_hash: infoHash,
    created_at: recordedAt,
    position,
  }
}

function change(
  communityId: CommunityId,
  archiveId: ArchiveId,
  columns: UpdateObject<ReadModels, 'archives'>,
): CompiledQuery {
  return sql
    .updateTable('archives')
    .set(columns)
    .where('community_id', '=', communityId)
    .where('archive_id', '=', archiveId)
    .compile()
}
