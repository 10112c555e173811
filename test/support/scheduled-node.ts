import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../src/app.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { secondOf } from '../../src/domain/time.ts'
import { createApiClient, type ApiClient } from './api-client.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { LOOPBACK } from './node-process.ts'
import type { TorrentState } from './node-state.ts'
import { addCommunity } from './node-wishes.ts'
import { valueOf } from './value-of.ts'

const TOPIC = '0x0a0b0c0d'

/** A signal, as far as tests ask for it. */
export interface ScheduledSignal {
  readonly __typename: string
  /** Null where it is about the whole node. */
  readonly communityId: string | null
  readonly infoHash?: string
  readonly reason?: string
}

/** What the whole node has at a moment. */
export interface ScheduledState {
  readonly port: number
  /** How many communities have a schedule that nothing suspends. */
  readonly schedules: number
  /** The torrents that are recorded as served. */
  readonly served: readonly TorrentState[]
}

/** A community that the node is the control node of, followed from its first signal on. */
export interface ScheduledCommunity {
  readonly communityId: string
  /** The names of its own signals so far, as they were read. */
  readonly told: readonly string[]
  /** Reads on to the next signal of that name. */
  until(name: string): Promise<ScheduledSignal>
  /** Records a message that was sent so long ago. */
  recordSent(secondsAgo: number): Promise<void>
  /** Sends a wish that takes no more than the community's id. */
  wish(name: string): Promise<void>
}

/** A whole node in this process: its archives come by themselves, by a clock that a test moves. */
export interface ScheduledNode {
  readonly clock: MovableClock
  readonly api: ApiClient
  join(): Promise<ScheduledCommunity>
  look(): Promise<ScheduledState>
  /** Ends it, and removes its files. */
  stop(): Promise<void>
}

const STATE = `{
  status { torrentClient { port } }
  communities(first: 500) { edges { node {
    schedule { status } torrents { infoHash role state isWanted dataBytes indexBytes }
  } } }
}`

interface State {
  readonly status: { readonly torrentClient: { readonly port: number } }
  readonly communities: {
    readonly edges: readonly {
      readonly node: { readonly schedule: { readonly status: string }; readonly torrents: readonly TorrentState[] }
    }[]
  }
}

const SIGNALS = `subscription ($communityId: CommunityId!) {
  signals(communityId: $communityId, after: "START") {
    __typename communityId ... on TorrentSignal { infoHash } ... on HistoryArchivesUnseeded { reason }
  }
}`

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { __typename }
}`

/** Starts a node for a whole file of tests. */
export async function startScheduledNode(): Promise<ScheduledNode> {
  const dataDir = mkdtempSync(join(tmpdir(), 'seedbank-'))
  const clock = createMovableClock()
  const settings = parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir, SEEDBANK_SCHEDULE: 'on' })
  const app = valueOf(await startApp(valueOf(settings), clock))
  const api = createApiClient(app.url)
  return {
    clock,
    api,
    join: async () => follow(api, clock, await addCommunity(api, [TOPIC])),
    async look() {
      const { status, communities } = await api.request<State>(STATE)
      const all = communities.edges.map(({ node }) => node)
      return {
        port: status.torrentClient.port,
        schedules: all.filter(({ schedule }) => schedule.status !== 'SUSPENDED').length,
        served: all.flatMap(({ torrents }) => torrents).filter(({ state }) => state === 'SERVED'),
      }
    },
    async stop() {
      await api.close()
      await app.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}

function follow(api: ApiClient, clock: MovableClock, communityId: string): ScheduledCommunity {
  const signals = api.subscribe<{ signals: ScheduledSignal }>(SIGNALS, { communityId })
  const told: string[] = []
  return {
    communityId,
    told,
    async until(name) {
      for (;;) {
        const { value, done } = await signals.next()
        if (done === true) throw new Error(`The signals ended before ${name}`)
        if (value.signals.communityId !== null) told.push(value.signals.__typename)
        if (value.signals.__typename === name) return value.signals
      }
    },
    async recordSent(secondsAgo) {
      const message = { timestamp: secondOf(clock.now()) - secondsAgo, topic: TOPIC, payload: '0x0102' }
      await api.request(RECORD, { communityId, messages: [message] })
    },
    async wish(name) {
      await api.request(`mutation ($id: CommunityId!) { ${name}(communityId: $id) { __typename } }`, {
        id: communityId,
      })
    },
  }
}
