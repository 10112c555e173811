import type { Kysely } from 'kysely'
import type { CommandMeta, Execute } from '../commands/command-meta.ts'
import type { CorrelationId, EventId } from '../events/recorded-event.ts'
import type { EventLog } from '../events/event-log.ts'
import type { RateLimits } from '../domain/bandwidth.ts'
import type { NodeDefaults } from '../domain/community-settings.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { Schedule } from '../domain/schedule.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CommunityRow } from '../projections/communities.ts'
import type { ReadModels } from '../projections/read-models.ts'
import type { Restore } from '../projections/restores.ts'
import type { Authenticate, Caller } from './caller.ts'
import type { Loaders } from './loaders.ts'
import type { MemberReader } from './members.ts'
import type { Operation, OperationWatch } from './operation.ts'
import type { Turns } from './turns.ts'
import type { RebuildReader } from './rebuilds.ts'
import type { VerificationReader } from './verifications.ts'
import type { WebhookReader } from './webhooks.ts'
import type { Wishes } from './wishes.ts'

/** What a torrent does at this moment, as the torrent client says. Sampled, never recorded. */
export interface TorrentStats {
  /** With whom a connection is open. */
  readonly peers: number
  /** Those of them that do not have the whole torrent yet. */
  readonly leechers: number
  readonly uploadBytesPerSecond: number
  /** Sent since the torrent client's process began to serve it, protocol included. */
  readonly uploadedBytes: number
}

/** Whether the torrent client's process runs, the port that peers reach it at, and what it has open. */
export interface TorrentClientState {
  readonly status: 'UP' | 'DOWN'
  readonly port: number | null
  readonly openFiles: number | null
  readonly openFilesLimit: number | null
}

/** What limits a node: rates in bytes a second, where null is no limit, and what it may take of its disk. */
export interface NodeLimits extends RateLimits {
  /** What archives and messages take. */
  readonly usedBytes: number
  /** What they may take; null where there is no bound. */
  readonly quotaBytes: number | null
  readonly freeBytes: number
  /** What packing and fetching leave free. */
  readonly minFreeBytes: number
}

/** What the API asks of the rest of the node. */
export interface GraphqlPorts {
  readonly authenticate: Authenticate
  readonly execute: Execute
  /** Over a read-only connection. */
  readonly db: Kysely<ReadModels>
  readonly log: Pick<EventLog, 'read' | 'readStream' | 'readChained' | 'tail' | 'head' | 'logId'>
  /** When the log was brought back from a back-up, in order: never while this process runs. */
  readonly restores: readonly Restore[]
  readonly wishes: Wishes
  /** The torrents that the client serves now. Called once a second for each subscriber, so it must be cheap. */
  readonly torrentStats: () => ReadonlyMap<InfoHash, TorrentStats>
  readonly torrentClient: () => TorrentClientState
  /** What limits the node now. */
  readonly readLimits: () => Promise<NodeLimits>
  readonly verifications: VerificationReader
  readonly rebuilds: RebuildReader
  readonly members: MemberReader
  readonly webhooks: WebhookReader
  readonly defaultSettings: NodeDefaults
  /** What comes next of itself for a community. */
  readonly readSchedule: (community: CommunityRow) => Promise<Schedule>
  /** How many messages of a community came in after its last run had looked, and are older than that run's end. */
  readonly countLate: (community: CommunityRow) => number
  /** The version of the program. */
  readonly version: string
  readonly now: () => UnixMillis
  /** Told of each thrown fault, which the client sees masked. */
  readonly logFault: (fault: unknown, correlationId: CorrelationId) => void
  /** Left out where nobody counts or traces what is asked. */
  readonly watch?: OperationWatch
}

export interface GraphqlContext extends GraphqlPorts {
  /** Null for nobody in particular, who is shown what is public and nothing else. */
  readonly caller: Caller | null
  readonly operation: Operation
  readonly loaders: Loaders
  readonly turns: Turns
}

/**
 * Who wishes, for a mutation that came over the API.
 *
 * @param input The arguments as sent, without the key.
 */
export function metaOf(
  { operation, caller }: Pick<GraphqlContext, 'operation' | 'caller'>,
  idempotencyKey: string | null | undefined,
  input: unknown,
  causationId: EventId | null = null,
): CommandMeta {
  if (caller === null) throw new Error('Cannot wish for nobody: the rule of the mutation let through who has no grant')
  return {
    actor: caller.actor,
    correlationId: operation.correlationId,
    causationId,
    idempotency: typeof idempotencyKey === 'string' ? { key: idempotencyKey, input } : null,
  }
}
