import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'
import type { MessageRange, MessageReader } from '../../src/messages/message-reader.ts'
import { openMessageStore, type MessageStore } from '../../src/messages/message-store.ts'
import { decodedMessage } from './encoded-message.ts'
import { SAMPLE_TOPIC } from './sample-message.ts'

/** The community whose messages are read where a test does not say otherwise. */
export const COMMUNITY = `0x${'a1'.repeat(32)}` as CommunityId

/** Topics whose order as numbers, as signed numbers and as hex could differ. */
export const TOPICS = ['0x00000001', '0x7fffffff', '0x80000000', '0xffffffff'] as ContentTopic[]

/** Opens an empty store that is closed, and gone, when the test is over. */
export function openTemporaryStore(folder: string): { readonly store: MessageStore; readonly file: string } {
  const file = join(folder, 'messages.db')
  const store = openMessageStore(file)
  onTestFinished(() => store.close())
  return { store, file }
}

/** Everything that was recorded of `TOPICS` and `SAMPLE_TOPIC`, save where `range` says otherwise. */
export function wholeRange(range: Partial<MessageRange> = {}): MessageRange {
  const time = { from: 0 as UnixSeconds, to: LAST_UNIX_SECOND }
  const topics = [...TOPICS, SAMPLE_TOPIC]
  return { communityId: COMMUNITY, ...time, topics, recordedUpTo: Number.MAX_SAFE_INTEGER, ...range }
}

/** Reads a whole range into memory, ready to be compared. */
export function readAll(reader: MessageReader, range: Partial<MessageRange> = {}): readonly Message[] {
  return [...reader.readRange(wholeRange(range))].map(decodedMessage)
}
