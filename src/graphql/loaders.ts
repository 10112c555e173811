import DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { readCurrentMagnetlinks, type MagnetlinkRow } from '../projections/magnetlinks.ts'
import type { ReadModels } from '../projections/read-models.ts'
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
}

/** The loaders of one operation. */
export function createLoaders(db: Kysely<ReadModels>, turns: Turns): Loaders {
  return {
    magnetlink: loaderOf(
      turns,
      async (ids) => readCurrentMagnetlinks(db, ids),
      ([row]) => row ?? null,
    ),
    lastRun: loaderOf(
      turns,
      async (ids) => readLastRuns(db, ids),
      ([row]) => row ?? null,
    ),
    torrents: loaderOf(
      turns,
      async (ids) => readSeedingOf(db, ids),
      (rows) => rows,
    ),
  }
}

function loaderOf<Row extends { readonly communityId: CommunityId }, Value>(
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
