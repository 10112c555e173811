import { createEarlierAnswerFinder } from '../commands/earlier-answer.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { GraphqlPorts } from '../graphql/context.ts'
import { readCommunity } from '../projections/communities.ts'
import { readLastClock } from '../projections/magnetlinks.ts'
import { readNode } from '../projections/nodes.ts'
import { readCommunitySeeding } from '../projections/read-seeding.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { createDispatchAgain } from './dispatch-again.ts'
import type { Reactors } from './reactors.ts'
import { createRecordMessages } from './record-messages.ts'
import type { RecordingBursts } from './recording-bursts.ts'
import type { Stores } from './stores.ts'
import { createAddCommunity, createCreateArchive } from './wishes.ts'

export interface ApiParts {
  readonly stores: Stores
  readonly client: TorrentClient
  readonly reactors: Pick<Reactors, 'parked' | 'wakeSchedules'>
  readonly bursts: RecordingBursts
  /** The announce URLs of a community, from what was chosen for it. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
  readonly version: string
  readonly now: () => UnixMillis
  readonly logFault: GraphqlPorts['logFault']
}

/** What the API asks of the rest of the node. */
export function createApiPorts({
  stores,
  client,
  reactors,
  trackersOf,
  version,
  now,
  logFault,
}: ApiParts): GraphqlPorts {
  const { log, db, execute, messages, keys } = stores
  const wishPorts = {
    execute,
    findEarlierAnswer: createEarlierAnswerFinder(log),
    keys,
    readCommunity: async (communityId: Parameters<typeof readCommunity>[1]) => readCommunity(db, communityId),
    readNode: async () => readNode(db),
    oldestMessageAt: messages.oldestMessageAt,
    now,
  }
  return {
    execute,
    db,
    log,
    wishes: {
      addCommunity: createAddCommunity(wishPorts),
      createArchive: createCreateArchive(wishPorts),
      recordMessages: createRecordMessages({ ...wishPorts, log, messages }),
      dispatchMagnetlink: createDispatchAgain({
        ...wishPorts,
        trackersOf,
        sign: async (communityId, text) => keys.sign(communityId, text),
        readSeeding: async (communityId) => readCommunitySeeding(db, communityId),
        readLastClock: async (communityId) => readLastClock(db, communityId),
      }),
    },
    torrentStats: () => client.stats(),
    torrentClient: () => ({
      status: client.port === null ? 'DOWN' : 'UP',
      port: client.port,
      ...client.openFiles(),
    }),
    parked: reactors.parked,
    version,
    now,
    logFault,
  }
}
