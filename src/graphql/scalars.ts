import { GraphQLError } from 'graphql'
import type { ArchiveId, RunId } from '../domain/archive.ts'
import { parseCommunityId, type CommunityId } from '../domain/community-id.ts'
import { parseContentTopic, type ContentTopic } from '../domain/content-topic.ts'
import { parseInfoHash, type InfoHash } from '../domain/info-hash.ts'
import type { Clock } from '../domain/magnet.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Actor, Position, StreamName } from '../events/recorded-event.ts'
import { formatDateTime, parseDateTime } from './date-time.ts'
import { parseStreamName } from './stream-name.ts'

interface Scalar<Value> {
  readonly Input: Value
  readonly Output: Value
}

/** The value behind each scalar, in arguments and in resolvers alike. */
export type Scalars = {
  readonly Actor: Scalar<Actor>
  readonly ArchiveId: Scalar<ArchiveId>
  readonly ByteCount: Scalar<number>
  readonly Clock: Scalar<Clock>
  readonly CommunityId: Scalar<CommunityId>
  readonly ContentTopic: Scalar<ContentTopic>
  readonly DateTime: Scalar<UnixMillis>
  readonly Hex: Scalar<string>
  readonly IdempotencyKey: Scalar<string>
  readonly InfoHash: Scalar<InfoHash>
  readonly Json: Scalar<unknown>
  readonly Position: Scalar<Position>
  readonly RunId: Scalar<RunId>
  readonly StreamName: Scalar<StreamName>
  readonly Uuid: Scalar<string>
}

/** How one scalar is described, read from an argument and written to a response. */
export interface ScalarCodec<Value> {
  readonly description: string
  /** @throws GraphQLError, which becomes a validation error at the argument's path. */
  parseValue(this: void, value: unknown): Value
  serialize(this: void, value: Value): unknown
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const ACTOR = /^(?:local|cli|schedule|node|(?:reactor|token|peer):.{1,200})$/
const MAX_KEY_LENGTH = 200

/** Whether a text is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

function text<Value extends string>(shape: string, parse: (text: string) => Value | null): ScalarCodec<Value> {
  return {
    description: `${shape}.`,
    parseValue: (value) => {
      const parsed = typeof value === 'string' ? parse(value) : null
      if (parsed === null) throw wrong(shape, value)
      return parsed
    },
    serialize: (value) => value,
  }
}

function digits<Value extends number>(shape: string): ScalarCodec<Value> {
  return {
    description: `${shape}.`,
    parseValue: (value) => {
      const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : null
      if (number === null || !Number.isSafeInteger(number)) throw wrong(shape, value)
      return number as Value
    },
    serialize: String,
  }
}

function matching<Value extends string>(pattern: RegExp, shape: string): ScalarCodec<Value> {
  return text(shape, (value) => (pattern.test(value) ? (value.toLowerCase() as Value) : null))
}

function valueOf<Value>(result: Result<Value, unknown>): Value | null {
  return result.ok ? result.value : null
}

function wrong(shape: string, value: unknown): GraphQLError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value
  return new GraphQLError(`Expected ${lowerFirst(shape)}, found ${shown}.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  })
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

const dateTimeShape =
  'A time as RFC 3339 in UTC, such as "2026-01-31T12:00:00Z"; fractions to milliseconds, except in ranges'
const byteCountShape = 'A number of bytes, from 0 to 2^53 − 1, as a JSON number'

/** Each scalar by its name. */
export const scalarCodecs: { readonly [Name in keyof Scalars]: ScalarCodec<Scalars[Name]['Input']> } = {
  Actor: text('Who wished: local, cli, schedule, node, reactor:<name>, token:<id> or peer:<key>', (value) =>
    ACTOR.test(value) ? (value as Actor) : null,
  ),
  ArchiveId: matching(/^0x[0-9a-f]{64}$/i, 'The id of an archive: "0x" and 64 hex digits'),
  ByteCount: {
    description: `${byteCountShape}.`,
    parseValue: (value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
      throw wrong(byteCountShape, value)
    },
    serialize: (value) => value,
  },
  Clock: digits('The order of announcements, mostly Unix milliseconds: digits in a string'),
  CommunityId: text(
    'The public key that names a community: "0x" and 64 hex digits (native), or 66 that begin with 02 or 03 (foreign)',
    (value) => valueOf(parseCommunityId(value)),
  ),
  ContentTopic: text('A content topic: "0x" and 8 hex digits', (value) => valueOf(parseContentTopic(value))),
  DateTime: {
    description: `${dateTimeShape}.`,
    parseValue: (value) => {
      const parsed = typeof value === 'string' ? parseDateTime(value) : null
      if (parsed === null) throw wrong(dateTimeShape, value)
      return parsed
    },
    serialize: formatDateTime,
  },
  Hex: matching(/^(?:[0-9a-f]{2})*$/i, 'Bytes in hex, two digits each, without "0x"'),
  IdempotencyKey: text(
    `A key that the client chooses for one wish, of 1 to ${MAX_KEY_LENGTH} characters: sent again, the wish is granted once`,
    (value) => (value.length >= 1 && value.length <= MAX_KEY_LENGTH ? value : null),
  ),
  InfoHash: text('The name of a torrent on the network (BitTorrent v1): 40 hex digits', (value) =>
    valueOf(parseInfoHash(value)),
  ),
  Json: { description: 'Any JSON value.', parseValue: (value) => value, serialize: (value) => value },
  Position: digits('Where an event stands in the log: digits in a string'),
  RunId: matching(UUID, 'The id of one try to archive a range: a UUID'),
  StreamName: text('The name of a stream: "node", or "community-<community id>"', parseStreamName),
  Uuid: matching(UUID, 'A UUID'),
}
