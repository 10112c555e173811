import type { Kysely } from 'kysely'
import type { KnownVersions } from '../archives/sweep/reconcile-archive-files.ts'
import { readCommunities } from '../projections/communities.ts'
import { readFetchedFiles } from '../projections/read-fetched-files.ts'
import type { ReadModels } from '../projections/read-models.ts'
import { readVersions } from '../projections/versions.ts'

/** Every community that the log knows, and what of its files is to be kept. */
export async function readKnownVersions(db: Kysely<ReadModels>): Promise<readonly KnownVersions[]> {
  const packed = (await readVersions(db)).filter(({ isFetched }) => !isFetched)
  const versions = Map.groupBy(packed, ({ communityId }) => communityId)
  const fetched = new Map((await readFetchedFiles(db)).map((each) => [each.communityId, each]))
  return (await readCommunities(db, {})).map(({ communityId }) => {
    return { communityId, versions: versions.get(communityId) ?? [], fetched: fetched.get(communityId) ?? null }
  })
}
