import type { EncodedMessage } from '../../formats/message-encoding.ts'

/** A message on its way into an archive. */
export interface ChunkedMessage {
  readonly message: EncodedMessage
  /** Whether a new archive begins with it. */
  readonly startsChunk: boolean
}

/**
 * Cuts the messages of one partition into chunks, each of them an archive, as they stream by.
 *
 * Payloads and signatures of a chunk add up to at most `chunkBytes`; other fields do not count.
 *
 * @throws When one message alone is over the limit. Such a message is refused when it is recorded,
 *   and leaving it out here would lose it in silence.
 */
export function* cutIntoChunks(messages: Iterable<EncodedMessage>, chunkBytes: number): Iterable<ChunkedMessage> {
  let sum = Infinity
  for (const message of messages) {
    const bytes = message.chunkBytes
    if (bytes > chunkBytes) {
      throw new Error(`Cannot pack a message of ${bytes} bytes: an archive holds at most ${chunkBytes}`)
    }
    const startsChunk = sum + bytes > chunkBytes
    sum = startsChunk ? bytes : sum + bytes
    yield { message, startsChunk }
  }
}
