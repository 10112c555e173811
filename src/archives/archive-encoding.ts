import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { MAX_CONTENT_TOPICS, type ContentTopic } from '../domain/content-topic.ts'
import { MAX_MESSAGE_BYTES, type Message } from '../domain/message.ts'
import type { Result } from '../domain/result.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../domain/time.ts'
import { readMessage, topicBytes, topicOf } from '../formats/message-encoding.ts'
import { guardDecoding, WireReader, type MalformedEncoding } from '../formats/wire-reader.ts'
import { ARCHIVE_MESSAGES_FIELD } from './packing/message-appender.ts'

/** What an archive is about: WakuMessageArchiveMetadata, whose version is always 0. */
export interface ArchiveMetadata {
  readonly from: UnixSeconds
  /** The first second that is not in it. */
  readonly to: UnixSeconds
  /** All topics of the community, in its own order. */
  readonly contentTopics: readonly ContentTopic[]
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

/** What one step of a scan came to. */
export type ArchiveSlice =
  | { readonly type: 'MESSAGES'; readonly messages: readonly Message[] }
  | { readonly type: 'END'; readonly metadata: ArchiveMetadata }

/** After so many fields, or messages of so many bytes, a slice ends: a few milliseconds of work at most. */
const SLICE_FIELDS = 1_024
const SLICE_BYTES = 1_048_576

/**
 * Decodes a WakuMessageArchive slice by slice: decoded, its messages can take a hundred times the memory of their bytes.
 */
export class ArchiveScan {
  readonly #reader: WireReader
  #metadata: ArchiveMetadata | null = null

  /** @param bytes The encoding without padding, whoever wrote it. */
  constructor(bytes: Uint8Array) {
    this.#reader = new WireReader(bytes)
  }

  /**
   * Reads on. Not to be called after the end or a refusal.
   *
   * @returns The next messages, if there are any in this slice, in the archive's order, their byte fields views; at the
   *   end what the archive is about; `MalformedEncoding` where the bytes go on to be no archive. Never throws.
   */
  next(): Result<ArchiveSlice, MalformedEncoding> {
    return guardDecoding(() => this.#slice())
  }

  #slice(): ArchiveSlice {
    const messages: Message[] = []
    let bytes = 0
    for (let fields = 0; fields < SLICE_FIELDS && bytes < SLICE_BYTES; fields += 1) {
      const field = this.#reader.next()
      if (field === null) return messages.length > 0 ? { type: 'MESSAGES', messages } : this.#end()
      if (field === 1) readVersion(this.#reader)
      else if (field === 2) this.#metadata = readArchiveMetadata(this.#reader.message())
      else if (field === ARCHIVE_MESSAGES_FIELD) {
        const message = this.#reader.repeatedMessage()
        const { length } = message.encoding
        messages.push(length > MAX_MESSAGE_BYTES ? message.refuse('TOO_LONG') : readMessage(message))
        bytes += length
      } else this.#reader.skip()
    }
    return { type: 'MESSAGES', messages }
  }

  #end(): ArchiveSlice {
    return this.#metadata === null ? this.#reader.refuse('FIELD_MISSING') : { type: 'END', metadata: this.#metadata }
  }
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

/** Whether two say the same, topics in the same order. */
export function isSameMetadata(one: ArchiveMetadata, other: ArchiveMetadata): boolean {
  return one.from === other.from && one.to === other.to && one.contentTopics.join() === other.contentTopics.join()
}

/** Every version so far is 0; what a later one means, this reader cannot know. */
export function readVersion(reader: WireReader): void {
  if (reader.number() !== 0) reader.refuse('BAD_VALUE')
}
