import DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { readLastDownloads, type DownloadRow } from '../projections/downloads.ts'
import { readFollows, type FollowRow } from '../projections/follows.ts'
import { readLastImports, type ImportRow } from '../projections/imports.ts'
import { readCurrentMagnetlinks, type MagnetlinkRow } from '../projections/magnetlinks.ts'
import { readParkedOf, type ParkedRow } from '../projections/parked.ts'
import type { ReadModels } from '../projections/read-models.ts'
import {
  readReceivedLinks,
  readRefusedLinks,
  type ReceivedLinkRow,
  type RefusedLinkRow,
} from '../projections/received-links.ts'
import { readLastRuns, type RunRow } from '../projections/runs.ts'
import { readSeedingOf, type SeedingRow } from '../projections/seeding.ts'
import type { Turns } from './turns.ts'

/** How many communities one statement reads for, so that each is short. */
const MAX_BATCH = 100

/** What communities are asked for, read for many of them at once. Nothing is kept: each answer is as of now. */
export interface Loaders {
  /** The link with the highest clock, or null. */
  readonly magnetlink: DataLoader<CommunityId, MagnetlinkRow | null>
  /** The run that began last, or null. */
  readonly lastRun: DataLoader<CommunityId, RunRow | null>
  /** The torrents that are, or may still be, served. */
  readonly torrents: DataLoader<CommunityId, readonly SeedingRow[]>
  /** The newest link that is believed, or null. */
  readonly link: DataLoader<CommunityId, ReceivedLinkRow | null>
  /** Why links were refused since then. */
  readonly refusedLinks: DataLoader<CommunityId, readonly RefusedLinkRow[]>
  readonly follows: DataLoader<CommunityId, readonly FollowRow[]>
  /** The download that began last, or null. */
  readonly lastDownload: DataLoader<CommunityId, DownloadRow | null>
  /** The import that began last, or null. */
  readonly lastImport: DataLoader<CommunityId, ImportRow | null>
  /** Work that was given up. */
  readonly parked: DataLoader<CommunityId, readonly ParkedRow[]>
}

/** The loaders of one operation. */
export function createLoaders(db: Kysely<ReadModels>, turns: Turns): Loaders {
  const one = <Row extends OfCommunity>(read: Read<Row>): DataLoader<CommunityId, Row | null> =>
    loaderOf(
      turns,
      async (ids) => read(db, ids),
      ([row]) => row ?? null,
    )
  const many = <Row extends OfCommunity>(read: Read<Row>): DataLoader<CommunityId, readonly Row[]> =>
    loaderOf(
      turns,
      async (ids) => read(db, ids),
      (rows) => rows,
    )
  return {
    magnetlink: one(readCurrentMagnetlinks),
    lastRun: one(readLastRuns),
    torrents: many(readSeedingOf),
    link: one(readReceivedLinks),
    refusedLinks: many(readRefusedLinks),
    follows: many(readFollows),
    lastDownload: one(readLastDownloads),
    lastImport: one(readLastImports),
    parked: many(readParkedOf),
  }
}

interface OfCommunity {
  readonly communityId: CommunityId
}

type Read<Row> = (db: Kysely<ReadModels>, ids: readonly CommunityId[]) => Promise<readonly Row[]>

function loaderOf<Row extends OfCommunity, Value>(
  turns: Turns,
  read: (ids: readonly CommunityId[]) => Promise<readonly Row[]>,
  choose: (rows: readonly Row[]) => Value,
): DataLoader<CommunityId, Value> {
  return new DataLoader<CommunityId, Value>(
    async (ids) => {
      const rows = Map.groupBy(await turns.read(async () => read([...new Set(ids)])), ({ communityId }) => communityId)
      return ids.map((id) => choose(rows.get(id) ?? []))
    },
    { cache: false, maxBatchSize: MAX_BATCH },
  )
}
