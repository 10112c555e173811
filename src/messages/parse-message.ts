import { CHUNK_BYTES } from '../domain/archive.ts'
import { parseContentTopic } from '../domain/content-topic.ts'
import { MAX_MESSAGE_BYTES, type Message } from '../domain/message.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { parseUnixSeconds } from '../domain/time.ts'
import { chunkBytesOf, messageBytes } from '../formats/message-encoding.ts'

/** A message as people and programs write it: bytes as `0x` and hex, in either case. */
export interface MessageInput {
  readonly sig?: string | null
  /** Whole Unix seconds, when it was sent. */
  readonly timestamp: number
  /** Four bytes. */
  readonly topic: string
  readonly payload: string
  readonly padding?: string | null
  readonly hash?: string | null
  readonly thirdPartyId?: string | null
}

/** Why a message is not recorded. */
export type MessageRejectionCode =
  /** Not a JSON object. */
  | 'INVALID_JSON'
  /** A field is missing, unknown or not of the type it must have. */
  | 'INVALID_FIELD'
  /** Bytes that are not `0x` and an even number of hex digits. */
  | 'INVALID_HEX'
  /** A topic that is not four bytes. */
  | 'INVALID_TOPIC'
  /** A timestamp that is not whole seconds from 0 to 2^32 − 1. */
  | 'INVALID_TIMESTAMP'
  /** Payload and signature over 30,000,000 bytes, or the whole encoding over 31,000,000. */
  | 'MESSAGE_TOO_LARGE'

export interface MessageRejection {
  readonly code: MessageRejectionCode
  /** The field at fault; null when it is the message as a whole. */
  readonly field: string | null
  /** A sentence for people. */
  readonly message: string
}

type Refused = { readonly ok: false; readonly error: MessageRejection }

const FIELDS: ReadonlySet<string> = new Set<keyof MessageInput>([
  'sig',
  'timestamp',
  'topic',
  'payload',
  'padding',
  'hash',
  'thirdPartyId',
])

const HEX = /^0x[0-9a-fA-F]*$/
const NO_BYTES = new Uint8Array()

/**
 * Parses a message from a line of JSON, in the form of `MessageInput`.
 *
 * @returns The message, or the first reason why it is none. Never throws.
 */
export function parseMessageJson(text: string): Result<Message, MessageRejection> {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    return refuse('INVALID_JSON', null, 'The line is not JSON')
  }
  return parseMessage(input)
}

/**
 * Parses a message.
 *
 * @param input A `MessageInput`, or whatever somebody sent as one. Optional fields may be null.
 * @returns The message, or the first reason why it is none, with the field at fault. Never throws.
 */
export function parseMessage(input: unknown): Result<Message, MessageRejection> {
  if (!isObject(input)) return refuse('INVALID_JSON', null, 'A message is a JSON object')
  for (const field in input) {
    if (!FIELDS.has(field)) return refuse('INVALID_FIELD', field, `A message has no field "${field}"`)
  }
  const timestamp = parseTimestamp(input['timestamp'])
  if (!timestamp.ok) return timestamp
  const topic = parseTopic(input['topic'])
  if (!topic.ok) return topic
  const payload = parseBytes('payload', input['payload'])
  if (!payload.ok) return payload
  const sig = parseOptionalBytes('sig', input['sig'])
  if (!sig.ok) return sig
  const padding = parseOptionalBytes('padding', input['padding'])
  if (!padding.ok) return padding
  const hash = parseOptionalBytes('hash', input['hash'])
  if (!hash.ok) return hash
  const thirdPartyId = parseThirdPartyId(input['thirdPartyId'])
  if (!thirdPartyId.ok) return thirdPartyId
  return checkSize({
    sig: sig.value,
    timestamp: timestamp.value,
    topic: topic.value,
    payload: payload.value,
    padding: padding.value,
    hash: hash.value,
    thirdPartyId: thirdPartyId.value,
  })
}

function parseTimestamp(value: unknown): Result<Message['timestamp'], MessageRejection> {
  if (typeof value !== 'number') return refuse('INVALID_FIELD', 'timestamp', 'timestamp must be a number')
  const parsed = parseUnixSeconds(value)
  return parsed.ok
    ? parsed
    : refuse('INVALID_TIMESTAMP', 'timestamp', 'timestamp must be whole Unix seconds from 0 to 4294967295')
}

function parseTopic(value: unknown): Result<Message['topic'], MessageRejection> {
  if (typeof value !== 'string') return refuse('INVALID_FIELD', 'topic', 'topic must be a string')
  const parsed = parseContentTopic(value)
  return parsed.ok ? parsed : refuse('INVALID_TOPIC', 'topic', 'topic must be 0x and 8 hex digits')
}

function parseBytes(field: string, value: unknown): Result<Uint8Array, MessageRejection> {
  if (typeof value !== 'string') return refuse('INVALID_FIELD', field, `${field} must be a string`)
  // Buffer.from alone would stop at the first wrong digit, and take some that are none.
  if (value.length % 2 !== 0 || !HEX.test(value)) {
    return refuse('INVALID_HEX', field, `${field} must be 0x and an even number of hex digits`)
  }
  return ok(value.length === 2 ? NO_BYTES : Buffer.from(value.slice(2), 'hex'))
}

function parseOptionalBytes(field: string, value: unknown): Result<Uint8Array, MessageRejection> {
  return value === undefined || value === null ? ok(NO_BYTES) : parseBytes(field, value)
}

function parseThirdPartyId(value: unknown): Result<string, MessageRejection> {
  if (value === undefined || value === null) return ok('')
  return typeof value === 'string' && value.isWellFormed()
    ? ok(value)
    : refuse('INVALID_FIELD', 'thirdPartyId', 'thirdPartyId must be a string of Unicode characters')
}

function checkSize(message: Message): Result<Message, MessageRejection> {
  const counted = chunkBytesOf(message)
  if (counted > CHUNK_BYTES) {
    return refuse('MESSAGE_TOO_LARGE', null, `payload and sig are ${counted} bytes, and may be ${CHUNK_BYTES} together`)
  }
  const encoded = messageBytes(message)
  return encoded <= MAX_MESSAGE_BYTES
    ? ok(message)
    : refuse('MESSAGE_TOO_LARGE', null, `The message is ${encoded} bytes encoded, and may be ${MAX_MESSAGE_BYTES}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(code: MessageRejectionCode, field: string | null, message: string): Refused {
  return err({ code, field, message })
}
