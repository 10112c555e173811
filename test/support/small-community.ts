import type { Stores } from '../../src/app/stores.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { endRun, startRun } from './archive-run.ts'
import { SAMPLE_TOPIC, sampleMessages } from './sample-message.ts'
import { metaOf } from './sample-wishes.ts'
import { valueOf } from './value-of.ts'

/** When all its messages were sent. */
export const SENT_AT = 1_700_000_000 as UnixSeconds

/** Adds a new native community that has messages and opted in, without a process that would act on it. */
export async function addSmallCommunity(
  { execute, keys, messages }: Stores,
  messageCount: number,
  payloadBytes = 0,
): Promise<CommunityId> {
  const communityId = await keys.createCommunity()
  const wish = { type: 'AddCommunity', communityId, role: 'CONTROL_NODE', archiving: true } as const
  valueOf(await execute({ ...wish, contentTopics: [SAMPLE_TOPIC] }, metaOf()))
  const all = sampleMessages(messageCount, { timestamp: SENT_AT })
  const long = all.map((message) => ({
    ...message,
    payload: Buffer.concat([message.payload, Buffer.alloc(payloadBytes)]),
  }))
  await messages.record(communityId, long)
  return communityId
}

/** Packs all of it, as a run of the node would, and records that. */
export async function archiveSmallCommunity(stores: Stores, communityId: CommunityId): Promise<void> {
  await endRun(stores, await startRun(stores, communityId, SENT_AT, (SENT_AT + 1) as UnixSeconds))
}
