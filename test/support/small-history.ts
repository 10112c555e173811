import type { PackingRequest } from '../../src/archives/packing/packing-request.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { messagesInMemory } from './in-memory-messages.ts'

const TOPIC = '0x01020304' as ContentTopic
const COMMUNITY = `0x02${'ab'.repeat(32)}` as CommunityId

/** A message a second of the first thousand seconds, each a little different. */
const MESSAGES: readonly Message[] = Array.from({ length: 1000 }, (_, second) => ({
  sig: new Uint8Array(4).fill(second),
  timestamp: second as UnixSeconds,
  topic: TOPIC,
  payload: new Uint8Array(20).fill(second),
  padding: new Uint8Array(0),
  hash: new Uint8Array([second & 0xff, second >> 8]),
  thirdPartyId: '',
}))

/** The messages of `smallHistory`. */
export const readSmallHistory = messagesInMemory(MESSAGES, [TOPIC])

/** A request for [0, 100) in partitions of 50 seconds, with pieces and chunks of some messages. */
export function smallHistory(archivesDir: string): PackingRequest {
  return {
    archivesDir,
    communityId: COMMUNITY,
    from: 0 as UnixSeconds,
    to: 100 as UnixSeconds,
    contentTopics: [TOPIC],
    partitionSeconds: 50,
    previous: null,
    trackers: ['udp://tracker.example:1337/announce'],
    createdAt: 100 as UnixSeconds,
    pieceBytes: 256,
    chunkBytes: 480,
  }
}
