import type { MessageSource } from '../../src/archives/packing/message-source.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import { encodedMessage } from './encoded-message.ts'

/** Reads messages out of memory as the packer wants them: by time, topic, and the order recorded. None came late. */
export function messagesInMemory(recorded: readonly Message[], topics: readonly ContentTopic[]): MessageSource {
  const sorted = recorded.filter(({ topic }) => topics.includes(topic)).toSorted(byTimeThenTopic)
  return {
    inRange: (from, to) => sorted.filter(({ timestamp }) => timestamp >= from && timestamp < to).map(encodedMessage),
    late: () => [],
  }
}

/** Messages that compare as equal stay in the order recorded: sorting is stable. */
function byTimeThenTopic(one: Message, other: Message): number {
  if (one.timestamp !== other.timestamp) return one.timestamp - other.timestamp
  if (one.topic === other.topic) return 0
  return one.topic < other.topic ? -1 : 1
}
