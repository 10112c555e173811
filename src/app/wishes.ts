import { v7 } from 'uuid'
import type { Execute } from '../commands/command-meta.ts'
import type { FindEarlierAnswer } from '../commands/earlier-answer.ts'
import type { RunId } from '../domain/archive.ts'
import { identityOf, type CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import { err } from '../domain/result.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from '../domain/time.ts'
import type { Wishes } from '../graphql/wishes.ts'
import type { KeyStore } from '../identity/key-store.ts'
import type { CommunityRow } from '../projections/communities.ts'
import type { NodeRow } from '../projections/nodes.ts'

export interface WishPorts {
  readonly execute: Execute
  readonly findEarlierAnswer: FindEarlierAnswer
  readonly keys: KeyStore
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  readonly readNode: () => Promise<NodeRow>
  readonly oldestMessageAt: (communityId: CommunityId, topics: readonly ContentTopic[]) => UnixSeconds | null
  readonly now: () => UnixMillis
}

/** Adds a community; one without an id is new, and its key is made here. */
export function createAddCommunity(ports: WishPorts): Wishes['addCommunity'] {
  const { execute, findEarlierAnswer, keys } = ports

  return async ({ communityId, ...wish }, meta) => {
    const earlier = await findEarlierAnswer('AddCommunity', meta)
    if (earlier !== null) return earlier
    if (communityId !== null) {
      const needsKey = wish.role === 'CONTROL_NODE' && identityOf(communityId) === 'NATIVE'
      if (needsKey && !(await keys.canSign(communityId))) return err({ type: 'CommunityKeyMissing' })
      return execute({ type: 'AddCommunity', communityId, ...wish }, meta)
    }
    // The key is on the disk before the event: a crash between leaves a key too many, never one too few.
    const created = await keys.createCommunity()
    const answer = await execute({ type: 'AddCommunity', communityId: created, ...wish }, meta)
    if (!answer.ok || answer.value.result.communityId !== created) await keys.discard(created)
    return answer
  }
}

/** Starts a run with what is known of the world: the time, the messages and the node's switch. */
export function createCreateArchive(ports: WishPorts): Wishes['createArchive'] {
  const { execute, readCommunity, readNode, oldestMessageAt, now } = ports

  return async ({ communityId, from, to }, meta) => {
    const community = await readCommunity(communityId)
    const command = {
      type: 'CreateArchive',
      communityId,
      runId: v7() as RunId,
      from,
      to,
      now: secondOf(now()),
      oldestMessageAt: community && oldestMessageAt(communityId, community.contentTopics),
      protocolEnabled: (await readNode()).protocol === 'ENABLED',
    } as const
    return execute(command, meta)
  }
}
