import { encodeArchiveHead, type ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import { createMessageAppender } from '../../src/archives/packing/message-appender.ts'
import type { Message } from '../../src/domain/message.ts'
import { encodedMessage } from './encoded-message.ts'

/** An archive as the packer writes it, without padding. */
export function encodeArchive(metadata: ArchiveMetadata, messages: readonly Message[]): Uint8Array {
  const parts = [encodeArchiveHead(metadata)]
  const append = createMessageAppender((bytes) => parts.push(Uint8Array.from(bytes)))
  for (const message of messages) append(encodedMessage(message))
  return Buffer.concat(parts)
}
