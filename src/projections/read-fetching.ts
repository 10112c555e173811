import { sql as raw, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { CommunitySettings } from '../domain/community-settings.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import { readLastDownloads, readRunningDownloads, type DownloadRow } from './downloads.ts'
import { readRunningImports, type ImportRow } from './imports.ts'
import { readNode } from './nodes.ts'
import type { ReadModels } from './read-models.ts'
import { readReceivedLinks } from './received-links.ts'

/** A believed link whose torrent is still to be fetched. */
export interface LinkToFetchRow {
  readonly communityId: CommunityId
  readonly receivedAt: UnixMillis
  /** The MagnetlinkReceived event, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
}

/** A community with fetched archives, whose messages can be taken over. */
export interface ImportableRow {
  readonly communityId: CommunityId
  readonly settings: CommunitySettings
  /** Archives of it that were not imported, quarantined ones included, and those that were. */
  readonly waiting: number
  readonly imported: number
  /** Changes with what is waiting. */
  readonly newestPosition: number
  /** The event that ended the last download, or started it, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
}

/** The newest links of communities that fetch, where it was neither dealt with nor is being fetched. */
export async function readLinksToFetch(db: Kysely<ReadModels>): Promise<readonly LinkToFetchRow[]> {
  const fetching = await readFetching(db)
  const links = await readReceivedLinks(db, [...fetching.keys()])
  const downloads = await readLastDownloads(
    db,
    links.map(({ communityId }) => communityId),
  )
  const lastOf = new Map(downloads.map((download) => [download.communityId, download]))
  return links
    .filter(({ communityId, infoHash, magnetUri }) => {
      const last = lastOf.get(communityId)
      if (last?.status === 'RUNNING') return last.magnetUri !== magnetUri
      return last === undefined || last.infoHash !== infoHash || (last.reason !== null && last.reason !== 'REQUESTED')
    })
    .map(({ communityId, receivedAt, receivedBy: cause, correlationId }) => {
      return { communityId, receivedAt, cause, correlationId }
    })
}

/** The downloads that have not ended, of communities that fetch now. */
export async function readDownloadsToRun(db: Kysely<ReadModels>): Promise<readonly DownloadRow[]> {
  const fetching = await readFetching(db)
  return (await readRunningDownloads(db)).filter(({ communityId }) => fetching.has(communityId))
}

/** The imports that have not ended, of communities that fetch now. */
export async function readImportsToRun(db: Kysely<ReadModels>): Promise<readonly ImportRow[]> {
  const fetching = await readFetching(db)
  return (await readRunningImports(db)).filter(({ communityId }) => fetching.has(communityId))
}

/**
 * The communities that fetch now, and have fetched archives here. While a download gets on its end is waited for, so that one
 * import takes over what it brings.
 */
export async function readImportable(db: Kysely<ReadModels>): Promise<readonly ImportableRow[]> {
  const fetching = await readFetching(db)
  const downloads = new Map(
    (await readLastDownloads(db, [...fetching.keys()])).map((download) => [download.communityId, download]),
  )
  const rows = await db
    .selectFrom('archives')
    .select(({ fn }) => [
      'community_id as communityId',
      fn.sum<number>(raw`import_state <> 'IMPORTED'`).as('waiting'),
      fn.sum<number>(raw`import_state = 'IMPORTED'`).as('imported'),
      fn.max(raw<number>`iif(import_state <> 'IMPORTED', position, 0)`).as('newestPosition'),
    ])
    .where('import_state', 'is not', null)
    .groupBy('community_id')
    .orderBy('community_id')
    .execute()
  return rows.flatMap((row) => {
    const settings = fetching.get(row.communityId)
    const download = downloads.get(row.communityId)
    if (settings === undefined || download === undefined || isGettingOn(download)) return []
    return [{ ...row, settings, cause: download.endedBy ?? download.startedBy, correlationId: download.correlationId }]
  })
}

function isGettingOn({ status, failure }: DownloadRow): boolean {
  return status === 'RUNNING' && failure === null
}

/** The communities whose archives are fetched and taken over now, with what was chosen for them. */
export async function readFetching(db: Kysely<ReadModels>): Promise<ReadonlyMap<CommunityId, CommunitySettings>> {
  const { protocol, network } = await readNode(db)
  if (protocol !== 'ENABLED' || network !== 'ONLINE') return new Map()
  const rows = await db
    .selectFrom('communities')
    .select(['community_id', 'settings'])
    .where('status', '=', 'ADDED')
    .where('role', '=', 'MEMBER')
    .where('archiving', '=', 'ENABLED')
    .where('seeding', '=', 'REQUESTED')
    .orderBy('community_id')
    .execute()
  // The projection wrote it from a value of this type.
  return new Map(rows.map((row) => [row.community_id, JSON.parse(row.settings) as CommunitySettings]))
}
