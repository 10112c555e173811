import type { Projection } from '../events/projection.ts'
import { archives, type ArchivesTable } from './archives.ts'
import { communities, type CommunitiesTable } from './communities.ts'
import { damagedParts, type DamagedPartsTable } from './damaged-parts.ts'
import { downloads, type DownloadsTable } from './downloads.ts'
import { follows, type FollowsTable } from './follows.ts'
import { imports, type ImportsTable } from './imports.ts'
import { magnetlinks, type MagnetlinksTable } from './magnetlinks.ts'
import { nodes, type NodesTable } from './nodes.ts'
import { parked, type ParkedTable } from './parked.ts'
import { restores, type RestoresTable } from './restores.ts'
import { receivedLinks, type ReceivedLinksTable, type RefusedLinksTable } from './received-links.ts'
import { runs, type RunsTable } from './runs.ts'
import { seeding, type SeedingTable } from './seeding.ts'
import { tokens, type TokensTable } from './tokens.ts'
import { versions, type VersionsTable } from './versions.ts'
import { webhooks, type WebhooksTable } from './webhooks.ts'

export { sql } from './sql.ts'

/** All tables that the projections keep, by name. Columns are in snake_case. */
export interface ReadModels {
  readonly nodes: NodesTable
  readonly restores: RestoresTable
  readonly communities: CommunitiesTable
  readonly runs: RunsTable
  readonly versions: VersionsTable
  readonly archives: ArchivesTable
  readonly seeding: SeedingTable
  readonly magnetlinks: MagnetlinksTable
  readonly follows: FollowsTable
  readonly received_links: ReceivedLinksTable
  readonly refused_links: RefusedLinksTable
  readonly downloads: DownloadsTable
  readonly imports: ImportsTable
  readonly damaged_parts: DamagedPartsTable
  readonly parked: ParkedTable
  readonly tokens: TokensTable
  readonly webhooks: WebhooksTable
}

/** What the log runs in the transaction of each append. No projection reads another's tables. */
export const projections: readonly Projection[] = [
  nodes,
  restores,
  communities,
  runs,
  versions,
  archives,
  seeding,
  magnetlinks,
  follows,
  receivedLinks,
  downloads,
  imports,
  damagedParts,
  parked,
  tokens,
  webhooks,
]
