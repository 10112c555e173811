import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { QuarantineCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { ReadModels } from './read-models.ts'

/** How the archives in the newest `data` of a community stand. */
export interface ArchiveTotals {
  readonly held: number
  /** Those that were fetched, and neither imported nor put into quarantine. */
  readonly waiting: number
  readonly quarantined: ReadonlyMap<QuarantineCode, number>
  /** Where the newest of them ends; null where there is none. */
  readonly upTo: UnixSeconds | null
}

/** Counts the archives of a community. Those that a run made are neither waiting nor in quarantine. */
export async function readArchiveTotals(db: Kysely<ReadModels>, communityId: CommunityId): Promise<ArchiveTotals> {
  const groups = await db
    .selectFrom('archives')
    .select(({ fn }) => [
      'import_state as state',
      'import_code as code',
      fn.countAll<number>().as('count'),
      fn.max('to_second').as('upTo'),
    ])
    .where('community_id', '=', communityId)
    .groupBy(['import_state', 'import_code'])
    .orderBy('import_code')
    .execute()
  const sum = (of: typeof groups): number => of.reduce((total, { count }) => total + count, 0)
  return {
    held: sum(groups),
    waiting: sum(groups.filter(({ state }) => state === 'WAITING')),
    quarantined: new Map(groups.flatMap(({ code, count }) => (code === null ? [] : [[code, count] as const]))),
    upTo: groups.length === 0 ? null : (Math.max(...groups.map(({ upTo }) => upTo)) as UnixSeconds),
  }
}

/** How many archives the index of a torrent names; null where no download of it finished. */
export async function readNamedArchives(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
  infoHash: InfoHash,
): Promise<number | null> {
  const row = await db
    .selectFrom('downloads')
    .select('total_archives as named')
    .where('community_id', '=', communityId)
    .where('info_hash', '=', infoHash)
    .where('status', '=', 'FINISHED')
    .limit(1)
    .executeTakeFirst()
  return row?.named ?? null
}
