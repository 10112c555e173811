import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import { readLastDownloads } from './downloads.ts'
import type { ReadModels } from './read-models.ts'
import { readSeeding } from './read-seeding.ts'
import { readFetchedGeneration, readFetchedVersion } from './read-versions.ts'
import { readReceivedLinks } from './received-links.ts'

/** Which files of what was fetched for a community are still needed. */
export interface FetchedFilesRow {
  readonly communityId: CommunityId
  /** Versions with a part in the rollover, the one that was fetched last, and what the last download and link are of. */
  readonly infoHashes: ReadonlySet<InfoHash>
  readonly generations: ReadonlySet<number>
  /** Whether the last download has not fetched all that it wanted, or a newer link is believed than that of it. */
  readonly isUnderWay: boolean
}

/** The communities that something was fetched for since their files were purged, or begun to be. */
export async function readFetchedFiles(db: Kysely<ReadModels>): Promise<readonly FetchedFilesRow[]> {
  const communityIds = await readFetchedCommunities(db)
  const links = new Map((await readReceivedLinks(db, communityIds)).map((link) => [link.communityId, link]))
  const torrents = Map.groupBy(await readSeeding(db), ({ communityId }) => communityId)
  const downloads = await readLastDownloads(db, communityIds)
  return Promise.all(
    downloads.map(async ({ communityId, infoHash, status }) => {
      const newest = await readFetchedVersion(db, communityId)
      const parts = (torrents.get(communityId) ?? []).filter(({ isFetched }) => isFetched)
      const needed = newest === null ? parts : [...parts, newest]
      const linked = links.get(communityId)?.infoHash ?? infoHash
      const generations = new Set(needed.map(({ generation }) => generation))
      return {
        communityId,
        infoHashes: new Set([...needed.map((version) => version.infoHash), infoHash, linked]),
        generations: generations.add(await readFetchedGeneration(db, communityId)),
        isUnderWay: status !== 'FINISHED' || linked !== infoHash,
      }
    }),
  )
}

/** In the order of their ids. */
async function readFetchedCommunities(db: Kysely<ReadModels>): Promise<readonly CommunityId[]> {
  const rows = await db.selectFrom('downloads').select('community_id').distinct().orderBy('community_id').execute()
  return rows.map((row) => row.community_id)
}
