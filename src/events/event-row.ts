/**
 * An event as it is stored and as it is hashed: the columns in the order of the leaf's array.
 *
 * A tuple, because it then is the very array whose canonical JSON is hashed, and the very list of
 * values that SQLite binds and returns.
 */
export type EventRow = readonly [
  position: number,
  stream: string,
  version: number,
  id: string,
  type: string,
  schemaVersion: number,
  recordedAt: number,
  actor: string,
  correlationId: string,
  causationId: string | null,
  /** The event's data as canonical JSON. */
  dataText: string,
]

/** The columns of an `EventRow`, in its order. */
export const EVENT_COLUMNS =
  'position, stream, version, id, type, schema_version, recorded_at, actor, correlation_id, causation_id, data'
