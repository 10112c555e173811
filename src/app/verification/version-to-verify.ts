import type { Kysely } from 'kysely'
import type { RepairRequest } from '../../archives/repair/repair-version.ts'
import type { RunId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { defaultSettings } from '../../domain/community-settings.ts'
import { isDamage } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { secondOf } from '../../domain/time.ts'
import { readCommunity } from '../../projections/communities.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readRecordedArchives } from '../../projections/read-recorded-archives.ts'
import { readCommunitySeeding, type SeedingRow } from '../../projections/read-seeding.ts'
import { readNewestVersion, readVersion, type VersionRow } from '../../projections/versions.ts'

/** A version whose files are to be as they were recorded. */
export interface VersionToVerify {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** How long `data` and the index are together. */
  readonly bytes: number
  /** What made it: tells it from one of the same torrent that was made after a purge. */
  readonly runId: RunId
  readonly request: RepairRequest
  /** What was chosen for the community. */
  readonly trackers: readonly string[] | null
  /** Whether damage in it would be news: it is wanted, and not recorded as damaged. */
  readonly isBelievedWhole: boolean
}

export interface VersionsToVerifyPorts {
  readonly db: Kysely<ReadModels>
  readonly archivesDir: string
  /** The announce URLs of torrent files, from what was chosen for the community. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
}

/**
 * The versions of a community that have a part in its rollover, the newest first; else the newest one. None where
 * nothing is archived. What is left of one that was replaced is nobody's concern.
 */
export async function readVersionsToVerify(
  communityId: CommunityId,
  ports: VersionsToVerifyPorts,
): Promise<readonly VersionToVerify[]> {
  const { db } = ports
  const torrents = (await readCommunitySeeding(db, communityId)).filter(({ role }) => role !== 'REPLACED')
  const newest = await readNewestVersion(db, communityId)
  if (newest === null) return []
  const others = torrents.filter(({ infoHash }) => infoHash !== newest.infoHash).toReversed()
  const versions = [
    newest,
    ...(await Promise.all(others.map(async (row) => readVersion(db, communityId, row.infoHash)))),
  ]
  return Promise.all(
    versions
      .filter((version) => version !== null)
      .map(async (version) =>
        toVerify(version, torrents.find(({ infoHash }) => infoHash === version.infoHash) ?? null, ports),
      ),
  )
}

/** Whether a version was not purged since it was read; the same torrent may have been made anew since. */
export async function isThereStill(
  db: Kysely<ReadModels>,
  { communityId, infoHash, runId }: VersionToVerify,
): Promise<boolean> {
  return (await readVersion(db, communityId, infoHash))?.runId === runId
}

/** Whether a torrent of a community is wanted served as things are now. */
export async function isWantedServed(
  db: Kysely<ReadModels>,
  { communityId, infoHash }: Pick<VersionToVerify, 'communityId' | 'infoHash'>,
): Promise<boolean> {
  const torrents = await readCommunitySeeding(db, communityId)
  return torrents.some((row) => row.infoHash === infoHash && row.wanted)
}

async function toVerify(
  version: VersionRow,
  torrent: SeedingRow | null,
  { db, archivesDir, trackersOf }: VersionsToVerifyPorts,
): Promise<VersionToVerify> {
  const { communityId, infoHash, runId, dataBytes, indexBytes } = version
  const { trackers } = (await readCommunity(db, communityId))?.settings ?? defaultSettings
  return {
    communityId,
    infoHash,
    runId,
    bytes: dataBytes + indexBytes,
    trackers,
    isBelievedWhole: torrent !== null && torrent.wanted && !(torrent.code !== null && isDamage(torrent.code)),
    request: {
      archivesDir,
      communityId,
      version,
      archives: await readRecordedArchives(db, communityId, version),
      trackers: trackersOf(trackers),
      createdAt: secondOf(version.createdAt),
    },
  }
}
