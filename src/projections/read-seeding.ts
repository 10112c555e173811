import type { Kysely } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { CommunitySettings } from '../domain/community-settings.ts'
import type { KnownCommunity } from '../domain/community.ts'
import type { DropReason } from '../domain/events.ts'
import type { SeedingFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { MagnetUri } from '../domain/magnet.ts'
import { newNode, type NodeState } from '../domain/node.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import type { SeedingRole, SeedingState, SeedingTable } from './seeding.ts'

/** A torrent that has a part in its community's rollover, and whether it should be served now. */
export interface SeedingRow {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly role: SeedingRole
  readonly state: SeedingState
  /** Why it cannot be served; null unless the state is FAILED. */
  readonly code: SeedingFailureCode | null
  /** The event that says why, and its correlation id; null unless the state is FAILED. */
  readonly failure: { readonly cause: EventId; readonly correlationId: CorrelationId } | null
  /** When the SeedingStarted now in force was recorded; null unless the state is SERVED. */
  readonly since: UnixMillis | null
  /** When the successor's SeedingStarted was recorded; null unless there is one. */
  readonly retiringSince: UnixMillis | null
  /** The last event that bore on whether it is wanted, and its correlation id. */
  readonly cause: EventId
  readonly correlationId: CorrelationId
  readonly generation: number
  /** The length of `data` in this version, and of its index. */
  readonly dataBytes: number
  readonly indexBytes: number
  readonly magnetUri: MagnetUri
  /** Whether it was fetched: parts of `data` may be missing. */
  readonly isFetched: boolean
  readonly settings: CommunitySettings
  /** The end of a grace by time is not counted here: a RETIRING torrent is wanted. */
  readonly wanted: boolean
  /** What to record when it is dropped; null while it is wanted. */
  readonly unwantedReason: DropReason | null
}

/** The torrents of all communities that are, or may still be, served. */
export async function readSeeding(db: Kysely<ReadModels>): Promise<readonly SeedingRow[]> {
  const rows = await selectSeeding(db).execute()
  return rows.map(rowOf)
}

/** The torrents of one community that are, or may still be, served. */
export async function readCommunitySeeding(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
): Promise<readonly SeedingRow[]> {
  return readSeedingOf(db, [communityId])
}

/** The torrents of some communities, those of each in the order in which they were made. */
export async function readSeedingOf(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly SeedingRow[]> {
  const rows = await selectSeeding(db).where('seeding.community_id', 'in', communityIds).execute()
  return rows.map(rowOf)
}

/** What the communities have of one torrent that is, or may still be, served: hardly ever more than one. */
export async function readSeedingOfTorrent(db: Kysely<ReadModels>, infoHash: InfoHash): Promise<readonly SeedingRow[]> {
  const rows = await selectSeeding(db).where('seeding.info_hash', '=', infoHash).execute()
  return rows.map(rowOf)
}

function selectSeeding(db: Kysely<ReadModels>) {
  return db
    .selectFrom('seeding')
    .innerJoin('communities', 'communities.community_id', 'seeding.community_id')
    .innerJoin('versions', (version) =>
      version
        .onRef('versions.community_id', '=', 'seeding.community_id')
        .onRef('versions.info_hash', '=', 'seeding.info_hash'),
    )
    .leftJoin('nodes', (node) => node.onTrue())
    .select([
      'seeding.community_id as communityId',
      'seeding.info_hash as infoHash',
      'seeding.role',
      'seeding.state',
      'seeding.code',
      'seeding.failed_by',
      'seeding.failed_correlation_id',
      'seeding.since',
      'seeding.retiring_since as retiringSince',
      'seeding.cause',
      'seeding.correlation_id as correlationId',
      'versions.generation',
      'versions.data_bytes as dataBytes',
      'versions.index_bytes as indexBytes',
      'versions.magnet_uri as magnetUri',
      'versions.run_id',
      'communities.settings',
      'communities.status',
      'communities.archiving',
      'communities.seeding as wish',
      'nodes.protocol',
      'nodes.network',
    ])
    .orderBy('versions.community_id')
    .orderBy('versions.position')
}

/** The wishes that bear on a torrent, from the community and the node; null before the node's first event. */
interface Wishes {
  readonly status: KnownCommunity['status']
  readonly archiving: KnownCommunity['archiving']
  readonly wish: KnownCommunity['seeding']
  readonly protocol: NodeState['protocol'] | null
  readonly network: NodeState['network'] | null
}

type StoredRow = Omit<SeedingRow, 'wanted' | 'unwantedReason' | 'settings' | 'failure' | 'isFetched'> & {
  readonly settings: string
  readonly run_id: RunId | null
} & Pick<SeedingTable, 'failed_by' | 'failed_correlation_id'> &
  Wishes

function rowOf(stored: StoredRow): SeedingRow {
  const { status, archiving, wish, protocol, network, run_id, failed_by, failed_correlation_id, ...row } = stored
  const unwantedReason = unwantedReasonOf({ status, archiving, wish, protocol, network }, row.role)
  // The projection wrote it from a value of this type.
  const settings = JSON.parse(row.settings) as CommunitySettings
  const failure =
    failed_by === null || failed_correlation_id === null
      ? null
      : { cause: failed_by, correlationId: failed_correlation_id }
  const isFetched = run_id === null
  return { ...row, settings, failure, isFetched, wanted: unwantedReason === null, unwantedReason }
}

/** The widest reason first: it would hold for the torrent's successor too. */
function unwantedReasonOf(wishes: Wishes, role: SeedingRole): DropReason | null {
  const { status, archiving, wish, protocol, network } = wishes
  if (status === 'LEFT') return 'LEFT'
  if (archiving === 'DISABLED') return 'DISABLED'
  if (wish === 'WITHDRAWN') return 'REQUESTED'
  if ((protocol ?? newNode.protocol) === 'DISABLED') return 'PROTOCOL_DISABLED'
  if ((network ?? newNode.network) === 'OFFLINE') return 'OFFLINE'
  return role === 'REPLACED' ? 'REPLACED' : null
}
