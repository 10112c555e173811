import type { Kysely } from 'kysely'
import type { FetchedVersion } from '../../archives/repair/fetched-version.ts'
import type { RepairRequest } from '../../archives/repair/repair-version.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { defaultSettings } from '../../domain/community-settings.ts'
import { isDamage } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { MagnetUri } from '../../domain/magnet.ts'
import { secondOf } from '../../domain/time.ts'
import type { EventId } from '../../events/recorded-event.ts'
import { readCommunity } from '../../projections/communities.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readFetchedArchives } from '../../projections/archives.ts'
import { readDamagedTorrents } from '../../projections/damaged-parts.ts'
import { readRecordedArchives } from '../../projections/read-recorded-archives.ts'
import { readCommunitySeeding, type SeedingRow } from '../../projections/read-seeding.ts'
import { readCommunityVersions, type AnyVersionRow } from '../../projections/versions.ts'

/** A version whose files are to be as they were recorded. */
export type VersionToVerify = PackedToVerify | FetchedToVerify

interface AnyToVerify {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  /** How long `data` and the index are together. */
  readonly bytes: number
  /** The event that told of it: tells it from one of the same torrent that was made after a purge. */
  readonly createdBy: EventId
  /** What was chosen for the community. */
  readonly trackers: readonly string[] | null
  /** Whether a check found damage that is not mended yet, with which it is served nevertheless: only what was fetched is. */
  readonly isFoundDamaged: boolean
  /** Whether damage in it would be news: it is wanted, and not recorded as damaged. */
  readonly isBelievedWhole: boolean
}

/** One that a run of this node packed. */
export interface PackedToVerify extends AnyToVerify {
  readonly origin: 'PACKED'
  readonly request: RepairRequest
}

/** One that was fetched from peers, and may have holes. */
export interface FetchedToVerify extends AnyToVerify {
  readonly origin: 'FETCHED'
  readonly fetched: FetchedVersion
  readonly magnetUri: MagnetUri
}

export interface VersionsToVerifyPorts {
  readonly db: Kysely<ReadModels>
  readonly archivesDir: string
  /** The announce URLs of torrent files, from what was chosen for the community. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
  /** Where others reach this node over HTTP; null where they cannot. */
  readonly publicUrl?: string | null
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
  const versions = await readCommunityVersions(db, communityId)
  const parts = new Map(torrents.map((torrent) => [torrent.infoHash, torrent]))
  const kept = versions.filter(({ infoHash }, index) => index === versions.length - 1 || parts.has(infoHash))
  return Promise.all(
    kept.toReversed().map(async (version) => toVerify(version, parts.get(version.infoHash) ?? null, ports)),
  )
}

/** Whether a version was not purged, or told of anew, since it was read. */
export async function isThereStill(
  db: Kysely<ReadModels>,
  { communityId, infoHash, createdBy }: VersionToVerify,
): Promise<boolean> {
  const versions = await readCommunityVersions(db, communityId)
  return versions.some((version) => version.infoHash === infoHash && version.createdBy === createdBy)
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
  version: AnyVersionRow,
  torrent: SeedingRow | null,
  ports: VersionsToVerifyPorts,
): Promise<VersionToVerify> {
  const { communityId, infoHash, dataBytes, indexBytes, createdBy, magnetUri } = version
  const { db, archivesDir } = ports
  const { trackers } = (await readCommunity(db, communityId))?.settings ?? defaultSettings
  const isFailed = torrent?.code != null && isDamage(torrent.code)
  const hasDamagedParts = (await readDamagedTorrents(db, communityId)).some((row) => row.infoHash === infoHash)
  const isFoundDamaged = version.isFetched && hasDamagedParts
  const isBelievedWhole = torrent !== null && torrent.wanted && !isFailed && !isFoundDamaged
  const bytes = dataBytes + indexBytes
  const any = { communityId, infoHash, bytes, createdBy, trackers, isFoundDamaged, isBelievedWhole }
  if (!version.isFetched) return { ...any, origin: 'PACKED', request: await requestOf(version, trackers, ports) }
  const archives = (await readFetchedArchives(db, version)).map((entry) => ({ entry }))
  return { ...any, origin: 'FETCHED', fetched: { archivesDir, communityId, version, archives }, magnetUri }
}

async function requestOf(
  version: AnyVersionRow,
  trackers: readonly string[] | null,
  { db, archivesDir, trackersOf, publicUrl = null }: VersionsToVerifyPorts,
): Promise<RepairRequest> {
  const { communityId, createdAt } = version
  const archives = await readRecordedArchives(db, communityId, version)
  const announced = { trackers: trackersOf(trackers), createdAt: secondOf(createdAt), publicUrl }
  return { archivesDir, communityId, version, archives, ...announced }
}
