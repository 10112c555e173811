import { WireType } from '@bufbuild/protobuf/wire'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Message } from '../domain/message.ts'
import type { Result } from '../domain/result.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../domain/time.ts'
import { varintBytes, writeVarint } from './varint.ts'
import { decodeStrictly, type MalformedEncoding, type WireReader } from './wire-reader.ts'

/** A message as it is recorded, and as it stands in an archive: packing looks into it no more. */
export interface EncodedMessage {
  /** One WakuMessage. */
  readonly bytes: Uint8Array
  /** How long its payload and signature are together, which is all that counts in a chunk. */
  readonly chunkBytes: number
}

const NO_BYTES: Uint8Array = new Uint8Array(0)

/**
 * Encodes one WakuMessage: fields in the order of their numbers, defaults left out.
 *
 * Into a buffer of just that length, as there are very many messages: the library's writer takes several times as long.
 */
export function encodeMessage(message: Message): Uint8Array {
  const encoding = Buffer.allocUnsafe(messageBytes(message))
  let end = 0
  const bytes = (field: number, value: Uint8Array): void => {
    if (value.length === 0) return
    end = writeVarint(encoding, writeVarint(encoding, end, tagOf(field, WireType.LengthDelimited)), value.length)
    encoding.set(value, end)
    end += value.length
  }
  bytes(1, message.sig)
  if (message.timestamp !== 0) {
    end = writeVarint(encoding, writeVarint(encoding, end, tagOf(2, WireType.Varint)), message.timestamp)
  }
  bytes(3, topicBytes(message.topic))
  bytes(4, message.payload)
  bytes(5, message.padding)
  bytes(6, message.hash)
  if (message.thirdPartyId !== '') bytes(7, Buffer.from(message.thirdPartyId))
  return encoding
}

/** What counts of a message in a chunk, in bytes. */
export function chunkBytesOf({ payload, sig }: Message): number {
  return payload.length + sig.length
}

/** The length of a message's encoding in bytes, without encoding it. */
export function messageBytes(message: Message): number {
  return (
    lengthDelimited(message.sig.length) +
    (message.timestamp === 0 ? 0 : 1 + varintBytes(message.timestamp)) +
    lengthDelimited(4) +
    lengthDelimited(message.payload.length) +
    lengthDelimited(message.padding.length) +
    lengthDelimited(message.hash.length) +
    lengthDelimited(message.thirdPartyId === '' ? 0 : Buffer.byteLength(message.thirdPartyId))
  )
}

/**
 * Decodes one WakuMessage.
 *
 * @returns The message, its byte fields views of `bytes`; `MalformedEncoding` for anything that is
 *   not one. Never throws.
 */
export function decodeMessage(bytes: Uint8Array): Result<Message, MalformedEncoding> {
  return decodeStrictly(bytes, readMessage)
}

/** Reads one WakuMessage, within `decodeStrictly`. */
export function readMessage(reader: WireReader): Message {
  let sig = NO_BYTES
  let timestamp = 0
  let topic: ContentTopic | null = null
  let payload = NO_BYTES
  let padding = NO_BYTES
  let hash = NO_BYTES
  let thirdPartyId = ''
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field === 1) sig = reader.bytes()
    else if (field === 2) timestamp = reader.number(LAST_UNIX_SECOND)
    else if (field === 3) topic = topicOf(reader.bytes(), reader)
    else if (field === 4) payload = reader.bytes()
    else if (field === 5) padding = reader.bytes()
    else if (field === 6) hash = reader.bytes()
    else if (field === 7) thirdPartyId = reader.text()
    else reader.skip()
  }
  if (topic === null) return reader.refuse('FIELD_MISSING')
  return { sig, timestamp: timestamp as UnixSeconds, topic, payload, padding, hash, thirdPartyId }
}

/** The 4 bytes of a topic. */
export function topicBytes(topic: ContentTopic): Uint8Array {
  return Buffer.from(topic.slice(2), 'hex')
}

/** The topic that 4 bytes stand for; refuses another number of bytes. */
export function topicOf(bytes: Uint8Array, reader: WireReader): ContentTopic {
  if (bytes.length !== 4) return reader.refuse('BAD_VALUE')
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString('hex')}` as ContentTopic
}

/** The length of a tag below 16, a length and that many bytes; 0 for an empty value, which is left out. */
function lengthDelimited(bytes: number): number {
  return bytes === 0 ? 0 : 1 + varintBytes(bytes) + bytes
}

/** What a field begins with. */
function tagOf(field: number, type: WireType): number {
  return (field << 3) | type
}
