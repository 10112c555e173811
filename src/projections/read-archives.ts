import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { ArchiveRow } from './archives.ts'
import type { ReadModels } from './read-models.ts'
import type { AnyVersionRow } from './versions.ts'

/** A part of a community's archives, which are in the order of their offsets. All of them when empty. */
export interface ArchivePage {
  readonly afterOffset?: number | undefined
  readonly beforeOffset?: number | undefined
  /** At most this many from the front. Not together with `last`. */
  readonly first?: number | undefined
  /** At most this many from the back. */
  readonly last?: number | undefined
}

/** A page of a community's archives, always in ascending order of their offsets. */
export async function readArchives(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
  page: ArchivePage,
): Promise<readonly ArchiveRow[]> {
  const { afterOffset, beforeOffset, first, last } = page
  const limit = last ?? first
  let query = selectArchives(db)
    .where('community_id', '=', communityId)
    .orderBy('offset', last === undefined ? 'asc' : 'desc')
  if (afterOffset !== undefined) query = query.where('offset', '>', afterOffset)
  if (beforeOffset !== undefined) query = query.where('offset', '<', beforeOffset)
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query.execute()
  return last === undefined ? rows : rows.toReversed()
}

/** The archives that were fetched into a generation and are recorded as here, by offset; of an older generation none are known. */
export async function readFetchedArchives(
  db: Kysely<ReadModels>,
  { communityId, generation }: Pick<AnyVersionRow, 'communityId' | 'generation'>,
): Promise<readonly ArchiveRow[]> {
  return selectArchives(db)
    .where('community_id', '=', communityId)
    .where('generation', '=', generation)
    .where('import_state', 'is not', null)
    .orderBy('offset')
    .execute()
}

/** How many archives the newest `data` of a community is made of. */
export async function countArchives(db: Kysely<ReadModels>, communityId: CommunityId): Promise<number> {
  const { count } = await db
    .selectFrom('archives')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('community_id', '=', communityId)
    .executeTakeFirstOrThrow()
  return count
}

function selectArchives(db: Kysely<ReadModels>) {
  return db
    .selectFrom('archives')
    .select([
      'community_id as communityId',
      'archive_id as id',
      'from_second as from',
      'to_second as to',
      'offset',
      'raw_bytes as rawBytes',
      'padding_bytes as paddingBytes',
      'messages',
      'sha256',
      'import_state as importState',
      'import_code as importCode',
      'info_hash as infoHash',
      'created_at as createdAt',
      'position',
    ])
}
