import { hash } from 'node:crypto'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Message } from '../domain/message.ts'
import { chunkBytesOf, encodeMessage } from '../formats/message-encoding.ts'

/**
 * A message as `messages` holds it: its encoding, and what is asked for without reading that.
 *
 * `key` is the message's hash, or the SHA-256 of its encoding where it has none; `key_is_hash` tells which, so
 * that nobody can name a message after the digest of another one.
 */
export interface MessageRow {
  readonly key: Uint8Array
  readonly key_is_hash: 0 | 1
  readonly sent_at: number
  /** The four bytes of the topic, big endian: sorts as its lower-case hex does. */
  readonly topic: number
  /** The length of `encoding`. */
  readonly bytes: number
  /** The length of payload and signature. */
  readonly chunk_bytes: number
  /** As it stands in an archive. */
  readonly encoding: Uint8Array
}

/** The row that holds a message. */
export function rowOf(message: Message): MessageRow {
  const isNamed = message.hash.length > 0
  const encoding = encodeMessage(message)
  return {
    key: isNamed ? message.hash : hash('sha256', encoding, 'buffer'),
    key_is_hash: isNamed ? 1 : 0,
    sent_at: message.timestamp,
    topic: topicNumberOf(message.topic),
    bytes: encoding.length,
    chunk_bytes: chunkBytesOf(message),
    encoding,
  }
}

/** The four bytes of a topic as a number, big endian. */
export function topicNumberOf(topic: ContentTopic): number {
  return Number.parseInt(topic.slice(2), 16)
}

/** Topics as a statement takes them: `topic in (select value from json_each(?))`. */
export function topicNumbersJson(topics: readonly ContentTopic[]): string {
  return JSON.stringify(topics.map(topicNumberOf))
}

/** Seconds of a day: `days` counts them from 1970. */
export const DAY_SECONDS = 86_400
