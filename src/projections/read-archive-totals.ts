import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { QuarantineCode } from '../domain/failure-codes.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { ReadModels } from './read-models.ts'

/** How the archives in the newest `data` of a community stand. */
export interface ArchiveTotals {
  readonly held: number
  readonly imported: number
  readonly quarantined: ReadonlyMap<QuarantineCode, number>
  /** Where the newest of them ends; null where there is none. */
  readonly upTo: UnixSeconds | null
}

/** Counts the archives of a community. Those that a run made were neither imported nor put into quarantine. */
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
    imported: sum(groups.filter(({ state }) => state === 'IMPORTED')),
    quarantined: new Map(groups.flatMap(({ code, count }) => (code === null ? [] : [[code, count] as const]))),
    upTo: groups.length === 0 ? null : (Math.max(...groups.map(({ upTo }) => upTo)) as UnixSeconds),
  }
}
