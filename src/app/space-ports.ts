import type { CommunityId } from '../domain/community-id.ts'
import { defaultSettings, type CommunitySettings } from '../domain/community-settings.ts'
import { readCommunity } from '../projections/communities.ts'
import { readNewestGeneration, readNewestVersion } from '../projections/versions.ts'
import { USUAL_DISK_USE, type ReadDiskUse } from './packing/disk-use.ts'
import { readFreeBytes } from './packing/free-bytes.ts'
import type { PackRunPorts } from './packing/pack-run.ts'
import type { Stores } from './stores.ts'

/**
 * What packing, and looking for room before it, ask of the node.
 *
 * @param trackersOf The announce URLs of a community, from what was chosen for it.
 */
export function createSpacePorts(
  { db, archivesDir }: Pick<Stores, 'db' | 'archivesDir'>,
  trackersOf: (chosen: readonly string[] | null) => readonly string[],
  readDiskUse: ReadDiskUse = async () => USUAL_DISK_USE,
): Omit<PackRunPorts, 'archivesDir' | 'packRecorded' | 'publicUrl' | 'now' | 'logFailure'> {
  async function settingsOf(communityId: CommunityId): Promise<CommunitySettings> {
    return (await readCommunity(db, communityId))?.settings ?? defaultSettings
  }

  return {
    trackersOf: async (communityId) => trackersOf((await settingsOf(communityId)).trackers),
    quotaOf: async (communityId) => (await settingsOf(communityId)).quotaBytes,
    readNewestVersion: async (communityId) => readNewestVersion(db, communityId),
    readNewestGeneration: async (communityId) => readNewestGeneration(db, communityId),
    readFreeBytes: async () => readFreeBytes(archivesDir),
    readDiskUse,
  }
}
