import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { MAX_CONTENT_TOPICS, type ContentTopic } from '../domain/content-topic.ts'
import type { Message } from '../domain/message.ts'
import type { Result } from '../domain/result.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../domain/time.ts'
import { readMessage, topicBytes, topicOf } from '../formats/message-encoding.ts'
import { decodeStrictly, type MalformedEncoding, type WireReader } from '../formats/wire-reader.ts'
import { ARCHIVE_MESSAGES_FIELD } from './packing/message-appender.ts'

/** What an archive is about: WakuMessageArchiveMetadata, whose version is always 0. */
export interface ArchiveMetadata {
  readonly from: UnixSeconds
  /** The first second that is not in it. */
  readonly to: UnixSeconds
  /** All topics of the community, in its own order. */
  readonly contentTopics: readonly ContentTopic[]
}

/** A decoded WakuMessageArchive. */
export interface DecodedArchive {
  readonly metadata: ArchiveMetadata
  readonly messages: readonly Message[]
}

/** Everything of a WakuMessageArchive that comes before its messages. */
export function encodeArchiveHead(metadata: ArchiveMetadata): Uint8Array {
  return new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(encodeArchiveMetadata(metadata)).finish()
}

/** Encodes a WakuMessageArchiveMetadata. */
export function encodeArchiveMetadata({ from, to, contentTopics }: ArchiveMetadata): Uint8Array {
  const writer = new BinaryWriter()
  if (from !== 0) writer.tag(2, WireType.Varint).uint32(from)
  if (to !== 0) writer.tag(3, WireType.Varint).uint32(to)
  for (const topic of contentTopics) writer.tag(4, WireType.LengthDelimited).bytes(topicBytes(topic))
  return writer.finish()
}

/**
 * Decodes a WakuMessageArchive without its padding.
 *
 * @param bytes The encoding, whoever wrote it.
 * @returns The archive, the byte fields of its messages views of `bytes`; `MalformedEncoding` for
 *   anything that is not one. An archive without messages is one. Never throws.
 */
export function decodeArchive(bytes: Uint8Array): Result<DecodedArchive, MalformedEncoding> {
  return decodeStrictly(bytes, (reader) => {
    let metadata: ArchiveMetadata | null = null
    const messages: Message[] = []
    for (let field = reader.next(); field !== null; field = reader.next()) {
      if (field === 1) readVersion(reader)
      else if (field === 2) metadata = readArchiveMetadata(reader.message())
      else if (field === ARCHIVE_MESSAGES_FIELD) messages.push(readMessage(reader.repeatedMessage()))
      else reader.skip()
    }
    return metadata === null ? reader.refuse('FIELD_MISSING') : { metadata, messages }
  })
}

/** Reads one WakuMessageArchiveMetadata, within `decodeStrictly`. */
export function readArchiveMetadata(reader: WireReader): ArchiveMetadata {
  let from = 0
  let to = 0
  const contentTopics: ContentTopic[] = []
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field === 1) readVersion(reader)
    else if (field === 2) from = reader.number(LAST_UNIX_SECOND)
    else if (field === 3) to = reader.number(LAST_UNIX_SECOND)
    else if (field === 4) {
      if (contentTopics.length === MAX_CONTENT_TOPICS) return reader.refuse('TOO_MANY')
      contentTopics.push(topicOf(reader.repeatedBytes(), reader))
    } else reader.skip()
  }
  return { from: from as UnixSeconds, to: to as UnixSeconds, contentTopics }
}

/** Every version so far is 0; what a later one means, this reader cannot know. */
export function readVersion(reader: WireReader): void {
  if (reader.number() !== 0) reader.refuse('BAD_VALUE')
}
