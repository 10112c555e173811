import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Message } from '../domain/message.ts'
import { DIRECT_BYTES, messageBytes, topicBytes, writeMessage } from '../formats/message-encoding.ts'

/** The field of WakuMessageArchive that holds its messages. */
export const ARCHIVE_MESSAGES_FIELD = 3

/** Encodes messages one after the other, as they stand in an archive. */
export interface MessageEncoder {
  add(message: Message): void
  /** Emits what is held back; to be called after the last message. */
  flush(): void
}

/**
 * Encodes messages as elements of a WakuMessageArchive, each with its tag and length.
 *
 * @param emit Gets the bytes in order, in parts that are not reused, several messages a part; a
 *   large field of a message is handed over as it is, so nothing large is copied.
 */
export function createMessageEncoder(emit: (bytes: Uint8Array) => void): MessageEncoder {
  const writer = new BinaryWriter()
  const topics = new Map<ContentTopic, Uint8Array>()
  let heldBytes = 0
  const flush = (): void => {
    if (heldBytes > 0) emit(writer.finish())
    heldBytes = 0
  }
  // A community has few topics and very many messages.
  const topicOnce = (topic: ContentTopic): Uint8Array => {
    const bytes = topics.get(topic) ?? topicBytes(topic)
    topics.set(topic, bytes)
    return bytes
  }
  const emitLarge = (value: Uint8Array): void => {
    emit(writer.finish())
    emit(value)
  }
  return {
    add(message) {
      const bytes = messageBytes(message)
      writer.tag(ARCHIVE_MESSAGES_FIELD, WireType.LengthDelimited).uint32(bytes)
      writeMessage(writer, message, topicOnce(message.topic), emitLarge)
      heldBytes += bytes
      if (heldBytes >= DIRECT_BYTES) flush()
    },
    flush,
  }
}
