import { setTimeout } from 'node:timers/promises'
import type { SeededRandom } from './seeded-random.ts'
import { COMMUNITY_MUTATIONS, NODE_MUTATIONS } from './community-mutations.ts'
import type { Answer, PersistentClient } from './persistent-client.ts'
import { topicNumber } from './sample-wishes.ts'

/** Somebody who runs one community of a node, and keeps changing their mind. */
export interface RestlessOperator {
  readonly communityId: string
  /** The messages that the node said it has: hash and payload, both in hex. */
  readonly acknowledged: ReadonlyMap<string, string>
  /** One thought: a few wishes that belong together. */
  act(): Promise<void>
  /** Undoes every wish that keeps the community from being served, and packs what is left. */
  settleDown(): Promise<void>
}

/** All topics that messages are sent on; a community has some of them at a time. */
export const TOPICS = [topicNumber(1), topicNumber(2), topicNumber(0x0a0b0c0d), topicNumber(2 ** 32 - 1)] as const

const DAY_SECONDS = 86_400
/** The first message is so old that no range reaches into the future, however long the operators act. */
const HISTORY_SECONDS = 4_000 * DAY_SECONDS
const POLL_MS = 25

type Name = keyof typeof COMMUNITY_MUTATIONS

/** Adds a new native community and gives it somebody to run it. */
export async function createRestlessOperator(
  client: PersistentClient,
  random: SeededRandom,
): Promise<RestlessOperator> {
  const acknowledged = new Map<string, string>()
  const wish = async (name: Name, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
    client.wish(name, COMMUNITY_MUTATIONS[name], { communityId, ...variables })
  let contentTopics: readonly string[] = TOPICS.slice(0, 2)
  let communityId: string | null = null
  const added = await wish('addCommunity', { contentTopics })
  if (added.community === undefined) throw new Error(`addCommunity was answered with ${JSON.stringify(added)}`)
  communityId = added.community.communityId
  let sentUpTo = Math.floor(Date.now() / 1000) - HISTORY_SECONDS

  /** Sends messages of the next days, some of them late or on a topic that is not the community's. */
  async function record(): Promise<void> {
    const until = sentUpTo + (1 + random.below(10)) * DAY_SECONDS
    const messages = Array.from({ length: 1 + random.below(30) }, () => ({
      timestamp: sentUpTo - DAY_SECONDS / 2 + random.below(until - sentUpTo + DAY_SECONDS / 2),
      topic: random.pick(TOPICS),
      payload: `0x${random.bytes(1 + random.below(2_000)).toString('hex')}`,
      hash: `0x${random.bytes(32).toString('hex')}`,
    }))
    const answer = await wish('recordMessages', { messages })
    if (answer.rejected === undefined) return
    if (answer.rejected.length > 0) throw new Error(`Not all recorded: ${JSON.stringify(answer)}`)
    for (const { hash, payload } of messages) acknowledged.set(hash.slice(2), payload.slice(2))
    sentUpTo = until
  }

  /** Starts a run over all that was sent, and mostly waits for its end. */
  async function archive(): Promise<void> {
    const to = new Date(sentUpTo * 1000).toISOString().replace('.000Z', 'Z')
    const { runId } = await wish('createArchive', { to })
    if (runId === undefined || random.below(4) === 0) return
    const query = 'query ($runId: RunId!) { archiveRun(runId: $runId) { status } }'
    for (;;) {
      const { archiveRun } = await client.ask<{ archiveRun: { status: string } | null }>(query, { runId })
      if (archiveRun === null) throw new Error(`The run ${runId} was accepted and is gone`)
      if (archiveRun.status !== 'RUNNING') return
      await setTimeout(POLL_MS)
    }
  }

  async function offAndOn(off: Name, on: Name, variables: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await wish(off)
    if (random.below(3) === 0) await record()
    if (random.below(4) > 0) await wish(on, variables)
  }

  async function switchNode(): Promise<void> {
    const isOnline = random.below(2) === 0
    const off = isOnline ? 'setOnline' : 'disableProtocol'
    await client.wish(off, NODE_MUTATIONS[off], { online: false })
    const on = isOnline ? 'setOnline' : 'enableProtocol'
    await client.wish(on, NODE_MUTATIONS[on], { online: true })
  }

  async function changeTopics(): Promise<void> {
    contentTopics = TOPICS.slice(random.below(2), 2 + random.below(3))
    await wish('changeContentTopics', { contentTopics })
  }

  /** Whatever was left off is on again. */
  async function restore(): Promise<void> {
    await wish('addCommunity', { contentTopics })
    await wish('enableArchiving')
    await wish('requestSeeding')
  }

  async function act(): Promise<void> {
    const thought = random.below(16)
    if (thought < 8) {
      await record()
      await archive()
    } else if (thought < 10) await restore()
    else if (thought === 10) await offAndOn('withdrawSeeding', 'requestSeeding')
    else if (thought === 11) await offAndOn('disableArchiving', 'enableArchiving')
    else if (thought === 12) await offAndOn('leaveCommunity', 'addCommunity', { contentTopics })
    else if (thought === 13) await wish('dispatchMagnetlink')
    else if (thought === 14) await changeTopics()
    else if (random.below(3) === 0) await switchNode()
  }

  async function settleDown(): Promise<void> {
    await restore()
    await record()
    await archive()
  }

  return { communityId, acknowledged, act, settleDown }
}
