import { parseAnnounceUrl, type AnnounceUrl } from '../../domain/announce-url.ts'
import type { TokenId } from '../../domain/access-token.ts'
import type { ArchiveId, DownloadId, ImportId, RunId } from '../../domain/archive.ts'
import { parseCommunityId, type CommunityId } from '../../domain/community-id.ts'
import { parseContentTopic, type ContentTopic } from '../../domain/content-topic.ts'
import { parseFollowUrl, type FollowUrl } from '../../domain/follow-url.ts'
import { parseInfoHash, type InfoHash } from '../../domain/info-hash.ts'
import type { Clock } from '../../domain/magnet.ts'
import type { Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { WebhookId } from '../../domain/webhook.ts'
import type { Actor, Position, StreamName } from '../../events/recorded-event.ts'
import { formatDateTime, parseDateTime } from './date-time.ts'
import { parseStreamName } from './stream-name.ts'

interface Scalar<Value> {
  readonly Input: Value
  readonly Output: Value
}

/** The value behind each scalar, in arguments and in resolvers alike. */
export type Scalars = {
  readonly Actor: Scalar<Actor>
  /** Those of the node's own settings were parsed elsewhere. */
  readonly AnnounceUrl: { readonly Input: AnnounceUrl; readonly Output: string }
  readonly ArchiveId: Scalar<ArchiveId>
  readonly ByteCount: Scalar<number>
  readonly Clock: Scalar<Clock>
  readonly CommunityId: Scalar<CommunityId>
  readonly ContentTopic: Scalar<ContentTopic>
  readonly DateTime: Scalar<UnixMillis>
  readonly FollowUrl: Scalar<FollowUrl>
  readonly Hex: Scalar<string>
  readonly IdempotencyKey: Scalar<string>
  readonly DownloadId: Scalar<DownloadId>
  readonly ImportId: Scalar<ImportId>
  readonly InfoHash: Scalar<InfoHash>
  readonly Json: Scalar<unknown>
  readonly Position: Scalar<Position>
  readonly RunId: Scalar<RunId>
  readonly StreamName: Scalar<StreamName>
  readonly TokenId: Scalar<TokenId>
  readonly Uuid: Scalar<string>
  readonly WebhookId: Scalar<WebhookId>
}

/** How one scalar is described, read from an argument and written to a response. */
export interface ScalarCodec<Value> {
  /** What it is and how it is written: for people, in descriptions and errors. */
  readonly shape: string
  /** Null for what has another shape. */
  parse(this: void, value: unknown): Value | null
  serialize(this: void, value: Value): unknown
}

/** Whatever its version says: a trace id that others chose is a correlation id too. All zeros is none. */
const UUID = /^(?![0-]*$)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ACTOR = /^(?:local|cli|schedule|node|(?:reactor|token|jwt|peer):.{1,200})$/
const MAX_KEY_LENGTH = 200

/** Whether a text is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

function scalar<Value extends string>(shape: string, parse: (text: string) => Value | null): ScalarCodec<Value> {
  return { shape, parse: (value) => (typeof value === 'string' ? parse(value) : null), serialize: (value) => value }
}

function digits<Value extends number>(shape: string): ScalarCodec<Value> {
  return {
    shape,
    parse: (value) => {
      const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : NaN
      return Number.isSafeInteger(number) ? (number as Value) : null
    },
    serialize: String,
  }
}

function matching<Value extends string>(pattern: RegExp, shape: string): ScalarCodec<Value> {
  return scalar(shape, (value) => (pattern.test(value) ? (value.toLowerCase() as Value) : null))
}

function valueOf<Value>(result: Result<Value, unknown>): Value | null {
  return result.ok ? result.value : null
}

/** Each scalar by its name. */
export const scalarCodecs: { readonly [Name in keyof Scalars]: ScalarCodec<Scalars[Name]['Input']> } = {
  Actor: scalar(
    'Who wished: local, cli, schedule, node, reactor:<name>, token:<id>, jwt:<digest> or peer:<key>',
    (value) => (ACTOR.test(value) ? (value as Actor) : null),
  ),
  AnnounceUrl: scalar(
    'Where a tracker is asked: a URL of at most 500 characters that begins with udp:// (and has a port), http://, https://, ws:// or wss://',
    (value) => valueOf(parseAnnounceUrl(value)),
  ),
  ArchiveId: matching(/^0x[0-9a-f]{64}$/i, 'The id of an archive: "0x" and 64 hex digits'),
  ByteCount: {
    shape: 'A number of bytes, from 0 to 2^53 − 1, as a JSON number',
    parse: (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null),
    serialize: (value) => value,
  },
  Clock: digits('The order of announcements, mostly Unix milliseconds: digits in a string'),
  CommunityId: scalar(
    'The public key that names a community: "0x" and 64 hex digits (native), or 66 that begin with 02 or 03 (foreign)',
    (value) => valueOf(parseCommunityId(value)),
  ),
  ContentTopic: scalar('A content topic: "0x" and 8 hex digits', (value) => valueOf(parseContentTopic(value))),
  DateTime: {
    shape: 'A time in UTC as RFC 3339 has it, such as "2026-01-31T12:00:00Z" (whole seconds in ranges)',
    parse: (value) => (typeof value === 'string' ? parseDateTime(value) : null),
    serialize: formatDateTime,
  },
  FollowUrl: scalar(
    'The API of another node: a URL that begins with wss:// or ws:// (or https://, http://), without user name, password or query',
    (value) => valueOf(parseFollowUrl(value)),
  ),
  Hex: matching(/^(?:[0-9a-f]{2})*$/i, 'Bytes in hex, two digits each, without "0x"'),
  IdempotencyKey: scalar(
    `A key that the client chooses for one wish, of 1 to ${MAX_KEY_LENGTH} characters: sent again, the wish is granted once`,
    (value) => (value.length >= 1 && value.length <= MAX_KEY_LENGTH ? value : null),
  ),
  InfoHash: scalar('The name of a torrent on the network (BitTorrent v1): 40 hex digits', (value) =>
    valueOf(parseInfoHash(value)),
  ),
  Json: { shape: 'Any JSON value', parse: (value) => value, serialize: (value) => value },
  Position: digits('Where an event stands in the log: digits in a string'),
  DownloadId: matching(UUID, 'The id of one try to fetch archives: a UUID'),
  ImportId: matching(UUID, 'The id of one taking over of messages: a UUID'),
  RunId: matching(UUID, 'The id of one try to archive a range: a UUID'),
  StreamName: scalar('The name of a stream: "node", or "community-<community id>"', parseStreamName),
  TokenId: matching(/^[0-9a-f]{16}$/i, 'The id of a token: 16 hex digits'),
  Uuid: matching(UUID, 'A UUID'),
  WebhookId: matching(UUID, 'The id of a webhook: a UUID'),
}
