import type { Brand } from '../domain/brand.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { DomainEvent } from '../domain/events.ts'
import type { UnixMillis } from '../domain/time.ts'

/** Where an event stands in the log: 1 for the first, rising by 1 or more. 0 is before all. */
export type Position = Brand<number, 'Position'>

/** Before the first event. */
export const BEFORE_ALL = 0 as Position

/** `node`, or `community-<id>`. */
export type StreamName = Brand<string, 'StreamName'>

/** A UUIDv7. */
export type EventId = Brand<string, 'EventId'>

/** A UUID that all that follows from one wish has in common. */
export type CorrelationId = Brand<string, 'CorrelationId'>

/** Names this log among all logs: a random UUID, covered by the first link of the chain. */
export type LogId = Brand<string, 'LogId'>

/** Who wished: `local`, `cli`, `schedule`, `node`, `reactor:<name>`, `token:<id>`, `jwt:<digest of the subject>` or `peer:<key>`. */
export type Actor =
  'local' | 'cli' | 'schedule' | 'node' | `reactor:${string}` | `token:${string}` | `jwt:${string}` | `peer:${string}`

/** What is recorded about an event beside the fact itself. */
export interface EventMeta {
  readonly actor: Actor
  readonly correlationId: CorrelationId
  /** The event that led to this one, if one did. */
  readonly causationId: EventId | null
}

/** A fact and its place in the log. */
export type Recorded<Event extends DomainEvent = DomainEvent> = EventMeta & {
  readonly position: Position
  readonly stream: StreamName
  /** 1 for the first event of the stream, without gaps. */
  readonly version: number
  readonly id: EventId
  readonly recordedAt: UnixMillis
  readonly event: Event
}

/** The stream of everything that concerns the node as a whole. */
export const NODE_STREAM = 'node' as StreamName

/** The stream of a community. */
export function communityStream(communityId: CommunityId): StreamName {
  return `community-${communityId}` as StreamName
}

/** The stream that an event belongs to. */
export function streamOf(event: DomainEvent): StreamName {
  return 'communityId' in event ? communityStream(event.communityId) : NODE_STREAM
}
