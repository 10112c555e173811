import { hash } from 'node:crypto'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { Message } from '../domain/message.ts'
import type { UnixSeconds } from '../domain/time.ts'
import { encodeMessage, messageBytes } from '../formats/message-encoding.ts'

/**
 * A message as `messages` holds it.
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
  /** The length of its protobuf encoding. */
  readonly bytes: number
  readonly sig: Uint8Array
  readonly payload: Uint8Array
  readonly padding: Uint8Array
  readonly third_party_id: string
}

const NO_BYTES = new Uint8Array()

/** The row that holds a message. */
export function rowOf(message: Message): MessageRow {
  const named = message.hash.length > 0
  return {
    key: named ? message.hash : hash('sha256', encodeMessage(message), 'buffer'),
    key_is_hash: named ? 1 : 0,
    sent_at: message.timestamp,
    topic: topicNumberOf(message.topic),
    bytes: messageBytes(message),
    sig: message.sig,
    payload: message.payload,
    padding: message.padding,
    third_party_id: message.thirdPartyId,
  }
}

/** The message that a row holds. */
export function messageOf(row: Omit<MessageRow, 'bytes'>): Message {
  return {
    sig: row.sig,
    timestamp: row.sent_at as UnixSeconds,
    topic: `0x${row.topic.toString(16).padStart(8, '0')}` as ContentTopic,
    payload: row.payload,
    padding: row.padding,
    hash: row.key_is_hash === 1 ? row.key : NO_BYTES,
    thirdPartyId: row.third_party_id,
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
