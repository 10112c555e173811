import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createCreateToken } from '../../src/app/access/create-token.ts'
import { createSignCheckpoint } from '../../src/app/audit/sign-checkpoint.ts'
import { NO_LIMITS } from '../../src/torrents/client/torrent-limits.ts'
import { createLimitsReader } from '../../src/app/bandwidth/read-limits.ts'
import { createDiskUseReader } from '../../src/app/packing/disk-use.ts'
import { createCheckSpace } from '../../src/app/packing/check-space.ts'
import { createDispatchAgain } from '../../src/app/wishes/dispatch-again.ts'
import { createFilesWorker } from '../../src/app/verification/files-work.ts'
import { createNodeVerifications } from '../../src/app/verification/node-verifications.ts'
import { eraseCommunity } from '../../src/app/wishes/erase-community.ts'
import { createForgetCommunity } from '../../src/app/wishes/forget-community.ts'
import { createPurgeCommunity } from '../../src/app/wishes/purge-community.ts'
import { createRebuildProjections, createRebuilds } from '../../src/app/rebuild/rebuilds.ts'
import { createRecordMessages } from '../../src/app/recording/record-messages.ts'
import { countLate, createScheduleReader } from '../../src/app/schedule/schedules.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import type { Verifications } from '../../src/app/verification/verifications.ts'
import { createVerifyArchives } from '../../src/app/verification/verify-wish.ts'
import { createAddCommunity, createCreateArchive } from '../../src/app/wishes/wishes.ts'
import { createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import { EVERYTHING } from '../../src/domain/access.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { GraphqlPorts, TorrentStats } from '../../src/graphql/context.ts'
import {
  createGraphqlServer,
  type GraphqlServer,
  type GraphqlServerOptions,
} from '../../src/graphql/transport/server.ts'
import type { MemberWishes } from '../../src/graphql/member-wishes.ts'
import type { WebhookWishes } from '../../src/graphql/webhooks.ts'
import type { Wishes } from '../../src/graphql/wishes.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { readLastClock } from '../../src/projections/magnetlinks.ts'
import { readNode } from '../../src/projections/nodes.ts'
import { readCommunitySeeding } from '../../src/projections/seeding.ts'
import { readNewestVersion } from '../../src/projections/versions.ts'
import { createMemberReader, createTestMemberWishes, noSamples, type MemberSamples } from './member-parts.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'
import { createTestWebhooks, type WebhookParts } from './webhook-parts.ts'

/** A real API over real stores in a folder that is gone after the test; only the torrent client is left out. */
export interface OpenApi {
  readonly dataDir: string
  readonly stores: Stores
  readonly server: GraphqlServer
  readonly port: number
  /** Of the API, `/graphql` included. */
  readonly url: string
  /** What was thrown, as the node's own log is told. */
  readonly faults: unknown[]
  /** What the torrent client says it does; tests fill it in. */
  readonly stats: Map<InfoHash, TorrentStats>
  readonly samples: MemberSamples
  /** Nobody is told before `telling` is started. */
  readonly webhooks: Pick<WebhookParts, 'telling' | 'clock' | 'ports'>
}

const DEFAULT_SETTINGS = { trackers: ['udp://tracker.example.org:1337/announce'], graceSeconds: 600 }

/** Opens an API on a free port of the loopback address. */
export async function openApi(
  options: Partial<Omit<GraphqlServerOptions, 'ports'>> & {
    readonly ports?: Partial<GraphqlPorts>
    /** On the disk of the archives, and what they may take of it, as runs are told; by default there is no end of it. */
    readonly freeBytes?: number
    readonly diskQuota?: number
    /** Looks over the shoulder of who reads the log. */
    readonly wrapLog?: (log: GraphqlPorts['log']) => GraphqlPorts['log']
  } = {},
): Promise<OpenApi> {
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  const dataDir = join(createTemporaryFolder(), 'data')
  const stores = valueOf(await openStores(dataDir, closing))
  const faults: unknown[] = []
  const [stats, samples] = [new Map<InfoHash, TorrentStats>(), noSamples()]
  const verifications = openVerifications(stores)
  const disk = { dataDir, diskQuota: options.diskQuota ?? null, minFreeBytes: 16_777_216 }
  closing.defer(async () => verifications.stop())
  const rebuilds = createRebuilds({ dataDir, log: stores.log, now, onFailed: (fault) => faults.push(fault) })
  closing.defer(async () => rebuilds.stop())
  const { wishes, reader, ...webhooks } = createTestWebhooks(
    stores,
    (fault) => faults.push(fault),
    () => ports,
  )
  closing.defer(async () => webhooks.telling.stop())
  const ports: GraphqlPorts = {
    authenticate: async () => ok({ actor: 'local', grant: EVERYTHING, ended: null }),
    execute: stores.execute,
    db: stores.db,
    log: options.wrapLog?.(stores.log) ?? stores.log,
    restores: stores.restores,
    wishes: {
      ...createWishes(stores, verifications, disk, options.freeBytes ?? Infinity),
      ...createTestMemberWishes(stores, now),
      ...wishes,
      rebuildProjections: createRebuildProjections(stores.log, rebuilds),
    },
    members: createMemberReader(stores, samples, now),
    webhooks: reader,
    torrentStats: () => stats,
    torrentClient: () => ({ status: 'UP', port: 6881, openFiles: 40, openFilesLimit: 1024 }),
    readLimits: createLimitsReader(disk, { inForce: () => NO_LIMITS }),
    verifications,
    rebuilds,
    defaultSettings: DEFAULT_SETTINGS,
    readSchedule: createScheduleReader({ db: stores.db, messages: stores.messages, now, isSwitchedOn: true }),
    countLate: (community) => countLate(community, stores.messages),
    version: '1.2.3',
    now,
    logFault: (fault) => faults.push(fault),
    ...options.ports,
  }
  const server = createGraphqlServer({ host: '127.0.0.1', port: 0, ...options, ports })
  const { port, url } = await server.listen()
  closing.defer(async () => server.close())
  return { dataDir, stores, server, port, url, faults, stats, samples, webhooks }
}

function now(): UnixMillis {
  return Date.now() as UnixMillis
}

/** Nothing is served here, and there are no peers to ask. */
function openVerifications(stores: Stores): Verifications {
  const settings = { publicUrl: null, trackers: [] }
  return createNodeVerifications({
    settings,
    stores,
    files: createFilesWorker(stores.messagesFile),
    client: null,
    now,
    logFailure: () => undefined,
  }).verifications
}

function createWishes(
  stores: Stores,
  verifications: Verifications,
  disk: Parameters<typeof createDiskUseReader>[0],
  freeBytes: number,
): Omit<Wishes, keyof MemberWishes | keyof WebhookWishes | 'rebuildProjections'> {
  const { db, log, execute, keys, messages, archivesDir } = stores
  const readOne = async (communityId: CommunityId) => readCommunity(db, communityId)
  const ports = {
    db,
    log,
    execute,
    keys,
    messages,
    archivesDir,
    now,
    verifications,
    alone: verifications.alone.bind(verifications),
    forgetMessages: async (communityId: CommunityId) => messages.forget(communityId),
    erase: async (communityId: CommunityId) => eraseCommunity(stores, communityId),
    forget: async (communityId: CommunityId) => messages.imports.purge(communityId),
    onFault: (fault: unknown) => {
      throw fault
    },
    findEarlierAnswer: createEarlierAnswerFinder(log),
    readCommunity: readOne,
    readNode: async () => readNode(db),
    readSeeding: async (communityId: CommunityId) => readCommunitySeeding(db, communityId),
    readClockFloor: async () => (await readNode(db)).clockFloor,
    readLastClock: async (communityId: CommunityId) => readLastClock(db, communityId),
    oldestMessageAt: messages.oldestMessageAt,
    sign: keys.sign,
    trackersOf: () => [],
    publicUrl: null,
    onRecorded: () => undefined,
    checkSpace: createCheckSpace({
      messages,
      trackersOf: async () => [],
      quotaOf: async (communityId) => (await readOne(communityId))?.settings.quotaBytes ?? null,
      readNewestVersion: async (communityId) => readNewestVersion(db, communityId),
      readFreeBytes: async () => freeBytes,
      readDiskUse: createDiskUseReader(disk),
    }),
  }
  return {
    addCommunity: createAddCommunity(ports),
    createArchive: createCreateArchive(ports),
    recordMessages: createRecordMessages(ports),
    dispatchMagnetlink: createDispatchAgain(ports),
    purgeCommunity: createPurgeCommunity(ports),
    forgetCommunity: createForgetCommunity(ports),
    verifyArchives: createVerifyArchives(ports),
    signCheckpoint: createSignCheckpoint(ports),
    createToken: createCreateToken(ports),
  }
}
