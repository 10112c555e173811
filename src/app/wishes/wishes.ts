import { v7 } from 'uuid'
import type { Execute } from '../../commands/command-meta.ts'
import type { FindEarlierAnswer } from '../../commands/earlier-answer.ts'
import { PARTITION_SECONDS, type RunId } from '../../domain/archive.ts'
import type { CreateArchive } from '../../domain/commands.ts'
import { identityOf, type CommunityId } from '../../domain/community-id.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import { archiveRangeOf, barToArchiving } from '../../domain/decide-archiving.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from '../../domain/time.ts'
import type { NoRoom, Wishes } from '../../graphql/wishes.ts'
import type { KeyStore } from '../../identity/key-store.ts'
import type { CommunityRow } from '../../projections/communities.ts'
import type { NodeRow } from '../../projections/nodes.ts'
import type { CheckSpace } from '../packing/check-space.ts'

export interface WishPorts {
  readonly execute: Execute
  readonly findEarlierAnswer: FindEarlierAnswer
  readonly keys: KeyStore
  readonly readCommunity: (communityId: CommunityId) => Promise<CommunityRow | null>
  readonly readNode: () => Promise<NodeRow>
  readonly oldestMessageAt: (communityId: CommunityId, topics: readonly ContentTopic[]) => UnixSeconds | null
  readonly checkSpace: CheckSpace
  /** Ends what goes on with the community's files, and does the work while nobody writes to them. */
  readonly alone: <Value>(communityId: CommunityId, work: () => Promise<Value>) => Promise<Value>
  /** Deletes the messages of a community; does nothing where there is none. @throws Where they cannot be deleted. */
  readonly forgetMessages: (communityId: CommunityId) => Promise<unknown>
  readonly now: () => UnixMillis
}

/**
 * Adds a community; one without an id is new, and its key is made here. One that was left is added once nothing is purged
 * or forgotten of it any more: what it records would be deleted with the rest. Messages that were to be forgotten, and could
 * not be deleted then, are deleted now: they would be its history again.
 */
export function createAddCommunity(ports: WishPorts): Wishes['addCommunity'] {
  const { execute, findEarlierAnswer, keys, readCommunity, alone, forgetMessages } = ports

  return async ({ communityId, ...wish }, meta) => {
    const earlier = await findEarlierAnswer('AddCommunity', meta)
    if (earlier !== null) return earlier
    if (communityId !== null) {
      const add = async (): ReturnType<Wishes['addCommunity']> => {
        const needsKey = wish.role === 'CONTROL_NODE' && identityOf(communityId) === 'NATIVE'
        if (needsKey && !(await keys.canSign(communityId))) return err({ type: 'CommunityKeyMissing' })
        return execute({ type: 'AddCommunity', communityId, ...wish }, meta)
      }
      if ((await readCommunity(communityId))?.status !== 'LEFT') return add()
      return alone(communityId, async () => {
        const left = await readCommunity(communityId)
        if (left !== null && left.forgottenAt !== null) await forgetMessages(communityId)
        return add()
      })
    }
    // The key is on the disk before the event: a crash between leaves a key too many, never one too few.
    const created = await keys.createCommunity()
    const answer = await execute({ type: 'AddCommunity', communityId: created, ...wish }, meta)
    if (!answer.ok || answer.value.result.communityId !== created) await keys.discard(created)
    return answer
  }
}

/** Starts a run with what is known of the world: the time, the messages, the node's switch and the room on the disk. */
export function createCreateArchive(ports: WishPorts): Wishes['createArchive'] {
  const { execute, findEarlierAnswer, readCommunity, readNode, oldestMessageAt, checkSpace, now } = ports

  return async ({ communityId, from, to }, meta) => {
    const earlier = await findEarlierAnswer('CreateArchive', meta)
    if (earlier !== null) return earlier
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
    const room = community === null ? ok(null) : await roomFor(command, community, checkSpace)
    return room.ok ? execute(command, meta) : room
  }
}

/** Whether there is room for what would be packed. What is refused anyway needs none. */
async function roomFor(
  command: CreateArchive,
  community: CommunityRow,
  checkSpace: CheckSpace,
): Promise<Result<null, NoRoom>> {
  const range = archiveRangeOf(command, community)
  if (!range.ok || barToArchiving(community, command.protocolEnabled) !== null) return ok(null)
  const { communityId, contentTopics, recordedUpTo: recordedAfter } = community
  const packing = { contentTopics, partitionSeconds: PARTITION_SECONDS, recordedAfter }
  return checkSpace({ communityId, ...range.value, ...packing })
}
