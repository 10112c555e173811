import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDispatchAgain } from '../../src/app/dispatch-again.ts'
import { createRecordMessages } from '../../src/app/record-messages.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { createAddCommunity, createCreateArchive } from '../../src/app/wishes.ts'
import { createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { GraphqlPorts, TorrentStats } from '../../src/graphql/context.ts'
import {
  createGraphqlServer,
  type GraphqlServer,
  type GraphqlServerOptions,
} from '../../src/graphql/transport/server.ts'
import type { Wishes } from '../../src/graphql/wishes.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { readLastClock } from '../../src/projections/magnetlinks.ts'
import { readNode } from '../../src/projections/nodes.ts'
import { readCommunitySeeding } from '../../src/projections/seeding.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** A real API over real stores in a folder that is gone after the test; only the torrent client is left out. */
export interface OpenApi {
  readonly stores: Stores
  readonly server: GraphqlServer
  readonly port: number
  /** Of the API, `/graphql` included. */
  readonly url: string
  /** What was thrown, as the node's own log is told. */
  readonly faults: unknown[]
  /** What the torrent client says it does; tests fill it in. */
  readonly stats: Map<InfoHash, TorrentStats>
}

/** Opens an API on a free port of the loopback address. */
export async function openApi(
  options: Partial<Omit<GraphqlServerOptions, 'ports'>> & {
    readonly ports?: Partial<GraphqlPorts>
    /** Looks over the shoulder of who reads the log. */
    readonly wrapLog?: (log: GraphqlPorts['log']) => GraphqlPorts['log']
  } = {},
): Promise<OpenApi> {
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  const stores = valueOf(await openStores(join(createTemporaryFolder(), 'data'), closing))
  const faults: unknown[] = []
  const stats = new Map<InfoHash, TorrentStats>()
  const ports: GraphqlPorts = {
    execute: stores.execute,
    db: stores.db,
    log: options.wrapLog?.(stores.log) ?? stores.log,
    wishes: createWishes(stores),
    torrentStats: () => stats,
    torrentClient: () => ({ status: 'UP', port: 6881, openFiles: 40, openFilesLimit: 1024 }),
    parked: () => [],
    version: '1.2.3',
    now,
    logFault: (fault) => faults.push(fault),
    ...options.ports,
  }
  const server = createGraphqlServer({ host: '127.0.0.1', port: 0, ...options, ports })
  const { port, url } = await server.listen()
  closing.defer(async () => server.close())
  return { stores, server, port, url, faults, stats }
}

function now(): UnixMillis {
  return Date.now() as UnixMillis
}

function createWishes(stores: Stores): Wishes {
  const { db, log, execute, keys, messages } = stores
  const readOne = async (communityId: CommunityId) => readCommunity(db, communityId)
  const ports = { execute, findEarlierAnswer: createEarlierAnswerFinder(log), keys, readCommunity: readOne, now }
  const wishPorts = {
    ...ports,
    readNode: async () => readNode(db),
    oldestMessageAt: messages.oldestMessageAt,
  }
  return {
    addCommunity: createAddCommunity(wishPorts),
    createArchive: createCreateArchive(wishPorts),
    recordMessages: createRecordMessages({ log, messages, readCommunity: readOne }),
    dispatchMagnetlink: createDispatchAgain({
      ...ports,
      trackersOf: () => [],
      sign: keys.sign,
      readSeeding: async (communityId) => readCommunitySeeding(db, communityId),
      readLastClock: async (communityId) => readLastClock(db, communityId),
    }),
  }
}
