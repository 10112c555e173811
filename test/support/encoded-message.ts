import type { Message } from '../../src/domain/message.ts'
import { chunkBytesOf, decodeMessage, encodeMessage, type EncodedMessage } from '../../src/formats/message-encoding.ts'
import { plainBytes } from './plain-bytes.ts'
import { valueOf } from './value-of.ts'

/** A message as the record gives it out. */
export function encodedMessage(message: Message): EncodedMessage {
  return { bytes: encodeMessage(message), chunkBytes: chunkBytesOf(message) }
}

/** The message again, ready to be compared. */
export function decodedMessage({ bytes }: EncodedMessage): Message {
  return plainBytes(valueOf(decodeMessage(bytes)))
}
