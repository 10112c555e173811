import type { CommunityId } from '../domain/community-id.ts'
import type { DomainEvent, EventType } from '../domain/events.ts'
import type { UnixMillis } from '../domain/time.ts'
import { canonicalJson } from './canonical-json.ts'
import type { EventRow } from './event-row.ts'
import { EVENT_SCHEMAS, type EventData, type EventSchemas } from './event-schemas.ts'
import {
  type Actor,
  type CorrelationId,
  type EventId,
  type EventMeta,
  NODE_STREAM,
  type Position,
  type Recorded,
  streamOf,
  type StreamName,
} from './recorded-event.ts'

const COMMUNITY_PREFIX = 'community-'

/** The log holds an event that this program has no words for: it was written by a newer one. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent'
  readonly position: Position
  readonly eventType: string
  readonly schemaVersion: number

  constructor(position: Position, eventType: string, schemaVersion: number) {
    super(
      `Cannot read the event at position ${position}: ${eventType} version ${schemaVersion} is unknown: use the newer program that wrote it`,
    )
    this.position = position
    this.eventType = eventType
    this.schemaVersion = schemaVersion
  }
}

/** What the log decides about an event before it is written. */
export interface Place {
  readonly position: Position
  readonly stream: StreamName
  readonly version: number
  readonly id: EventId
  readonly recordedAt: UnixMillis
}

/**
 * The row that is stored for an event. The community's id is that of the stream and not repeated.
 *
 * @throws When the event belongs to another stream, or its data is not plain JSON.
 */
export function encodeEvent(event: DomainEvent, meta: EventMeta, place: Place): EventRow {
  const { position, stream, version, id, recordedAt } = place
  if (streamOf(event) !== stream) {
    throw new Error(`Cannot write ${event.type} to stream "${stream}": it belongs to "${streamOf(event)}"`)
  }
  const schemaVersion = EVENT_SCHEMAS.current[event.type]
  const { actor, correlationId, causationId } = meta
  const dataText = canonicalJson(event.data)
  return [
    position,
    stream,
    version,
    id,
    event.type,
    schemaVersion,
    recordedAt,
    actor,
    correlationId,
    causationId,
    dataText,
  ]
}

/**
 * The event that a row holds, in the shape that this program knows.
 *
 * @throws `UnknownEvent` for a type or version without a way to the present one.
 */
export function decodeEvent(row: EventRow, schemas: EventSchemas = EVENT_SCHEMAS): Recorded {
  const [position, stream, version, id, , , recordedAt, actor, correlationId, causationId] = row
  return {
    position: position as Position,
    stream: stream as StreamName,
    version,
    id: id as EventId,
    recordedAt: recordedAt as UnixMillis,
    actor: actor as Actor,
    correlationId: correlationId as CorrelationId,
    causationId: causationId as EventId | null,
    event: factOf(row, schemas),
  }
}

function factOf(row: EventRow, schemas: EventSchemas): DomainEvent {
  const [position, stream, , , type, schemaVersion, , , , , dataText] = row
  return decodeFact([position, stream, type, schemaVersion, dataText], schemas)
}

/** What of a row the fact itself is made of. */
export type FactRow = readonly [position: number, stream: string, type: string, schemaVersion: number, dataText: string]

/** The fact that a row holds, in the shape that this program knows. @throws As `decodeEvent`. */
export function decodeFact(row: FactRow, schemas: EventSchemas = EVENT_SCHEMAS): DomainEvent {
  const [position, stream, type, schemaVersion, dataText] = row
  const unknown = (version: number): UnknownEvent => new UnknownEvent(position as Position, type, version)
  if (!isKnown(type, schemas) || schemaVersion > schemas.current[type]) throw unknown(schemaVersion)

  let data = JSON.parse(dataText) as EventData
  for (let version = schemaVersion; version < schemas.current[type]; version++) {
    const upcast = schemas.upcasters[type]?.[version]
    if (upcast === undefined) throw unknown(version)
    data = upcast(data)
  }
  // The data was checked when it was decided, and the chain shows that it is still the same.
  const fact =
    stream === NODE_STREAM
      ? { type, data }
      : { type, communityId: stream.slice(COMMUNITY_PREFIX.length) as CommunityId, data }
  return fact as DomainEvent
}

/** Whether events of this type and version can be read: there is a way to the shape that this program knows. */
export function isReadable(type: string, schemaVersion: number, schemas: EventSchemas = EVENT_SCHEMAS): boolean {
  if (!isKnown(type, schemas) || schemaVersion > schemas.current[type]) return false
  const steps = Math.max(0, schemas.current[type] - schemaVersion)
  const upcasters = schemas.upcasters[type] ?? {}
  return Array.from({ length: steps }, (_, step) => schemaVersion + step).every((version) => version in upcasters)
}

function isKnown(type: string, schemas: EventSchemas): type is EventType {
  return Object.hasOwn(schemas.current, type)
}
