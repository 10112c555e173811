import { packArchives } from '../../src/archives/pack-archives.ts'
import { v7 } from 'uuid'
import type { Stores } from '../../src/app/stores.ts'
import { PARTITION_SECONDS, type RunId } from '../../src/domain/archive.ts'
import type { CommandMeta } from '../../src/commands/command-meta.ts'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { magnetUriOf } from '../../src/domain/magnet.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from '../../src/domain/time.ts'
import { SAMPLE_TOPIC, sampleMessages } from './sample-message.ts'
import { metaOf } from './sample-wishes.ts'
import { valueOf } from './value-of.ts'

const SENT_AT = 1_700_000_000 as UnixSeconds

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
  const { archivesDir, messages } = stores
  const now = secondOf(Date.now() as UnixMillis)
  const [from, to, runId] = [SENT_AT, (SENT_AT + 1) as UnixSeconds, v7() as RunId]
  const wish = { type: 'CreateArchive', communityId, runId, from, to, now, oldestMessageAt: from } as const
  await grant(stores, { ...wish, protocolEnabled: true })
  const topics = [SAMPLE_TOPIC]
  const request = { archivesDir, communityId, from, to, contentTopics: topics, partitionSeconds: PARTITION_SECONDS }
  const recordedUpTo = messages.newestSequence()
  const packed = valueOf(
    packArchives(
      { ...request, previous: null, trackers: [], createdAt: now },
      {
        inRange: (first, end) => messages.readRange({ communityId, from: first, to: end, topics, recordedUpTo }),
        late: () => [],
      },
    ),
  )
  if (packed === null) throw new Error(`There is nothing to pack in ${communityId}`)
  const { archives, generation, dataBytes, indexBytes, infoHash } = packed
  const magnetUri = magnetUriOf(infoHash, communityId, [])
  const archive = { runId, recordedUpTo, archives, generation, dataBytes, indexBytes, infoHash, magnetUri }
  await grant(stores, { type: 'RecordArchiveCreated', communityId, archive })
}

async function grant({ execute }: Stores, command: Command, meta: CommandMeta = metaOf()): Promise<void> {
  valueOf(await execute(command, meta))
}
