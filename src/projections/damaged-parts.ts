import { sql as raw, type CompiledQuery, type Kysely } from 'kysely'
import type { ArchiveId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Damage, RepairedPart } from '../domain/damage.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Projection } from '../events/projection.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface DamagedPartsTable {
  readonly community_id: CommunityId
  readonly info_hash: InfoHash
  readonly part: RepairedPart
  /** Empty unless the part is an archive. */
  readonly archive_id: ArchiveId | ''
  /** The ArchivesVerified event, and its correlation id. */
  readonly found_by: EventId
  readonly correlation_id: CorrelationId
}

/** What the last check of each torrent found damaged, and was not mended since. Key: torrent and part. */
export const damagedParts = {
  name: 'damaged-parts',
  version: 1,
  tables: ['damaged_parts'],
  create: [
    raw`create table damaged_parts (
      community_id text not null,
      info_hash text not null,
      part text not null,
      archive_id text not null,
      found_by text not null,
      correlation_id text not null,
      primary key (community_id, info_hash, part, archive_id)
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    ArchivesVerified: ({ event: { communityId, data }, id, correlationId }) => {
      const { infoHash, damage } = data
      const found = { community_id: communityId, info_hash: infoHash, found_by: id, correlation_id: correlationId }
      const forgotten = forgetParts(communityId).where('info_hash', '=', infoHash).compile()
      const parts = damage === null ? [] : partsOf(damage)
      if (parts.length === 0) return [forgotten]
      return [forgotten, putParts(found, parts)]
    },
    ArchiveRepaired: ({ event: { communityId, data } }) => {
      const { infoHash, part, archiveId } = data
      if (archiveId !== null) return [forgetArchive(communityId, archiveId)]
      return [forgetParts(communityId).where('info_hash', '=', infoHash).where('part', '=', part).compile()]
    },
    ArchiveDownloaded: ({ event: { communityId, data } }) => [forgetArchive(communityId, data.archive.id)],
    CommunityPurged: ({ event: { communityId } }) => [forgetParts(communityId).compile()],
  },
} satisfies Projection

type Part = Pick<DamagedPartsTable, 'part' | 'archive_id'>

function partsOf({ archives, index, torrentFile }: Damage): readonly Part[] {
  const parts: Part[] = archives.map((id) => ({ part: 'ARCHIVE', archive_id: id }))
  if (index) parts.push({ part: 'INDEX', archive_id: '' })
  if (torrentFile) parts.push({ part: 'TORRENT_FILE', archive_id: '' })
  return parts
}

/** One statement of constant text, however many archives are damaged. */
function putParts(found: Omit<DamagedPartsTable, 'part' | 'archive_id'>, parts: readonly Part[]): CompiledQuery {
  const { community_id, info_hash, found_by, correlation_id } = found
  return raw`insert into damaged_parts (community_id, info_hash, part, archive_id, found_by, correlation_id)
    select ${community_id}, ${info_hash}, value ->> 'part', value ->> 'archive_id', ${found_by}, ${correlation_id}
    from json_each(${JSON.stringify(parts)})`.compile(sql)
}

/** Versions of a generation share the bytes of an archive. */
function forgetArchive(communityId: CommunityId, archiveId: ArchiveId): CompiledQuery {
  return forgetParts(communityId).where('part', '=', 'ARCHIVE').where('archive_id', '=', archiveId).compile()
}

function forgetParts(communityId: CommunityId) {
  return sql.deleteFrom('damaged_parts').where('community_id', '=', communityId)
}

/** A torrent of which something is damaged. */
export interface DamagedTorrentRow {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** The check that found it, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
}

/** The torrents of a community, or of all, of which something is damaged. */
export async function readDamagedTorrents(
  db: Kysely<ReadModels>,
  communityId?: CommunityId,
): Promise<readonly DamagedTorrentRow[]> {
  let query = db.selectFrom('damaged_parts')
  if (communityId !== undefined) query = query.where('community_id', '=', communityId)
  return query
    .select([
      'community_id as communityId',
      'info_hash as infoHash',
      'found_by as cause',
      'correlation_id as correlationId',
    ])
    .distinct()
    .orderBy('community_id')
    .orderBy('info_hash')
    .execute()
}
