import { existsSync } from 'node:fs'
import { type Connection, openReadOnly, openUnchanged } from './database.ts'
import { isReadable, UnknownEvent } from './event-codec.ts'
import { EVENT_SCHEMAS, type EventSchemas } from './event-schemas.ts'
import type { Position } from './recorded-event.ts'

/** A type and version of events, and the first position at which one stands, as it is noted when that is appended. */
export type KindRow = readonly [type: string, schemaVersion: number, firstPosition: number]

/** What is noted, in the order of positions. */
export function readNotedKinds(db: Connection): readonly KindRow[] {
  return db
    .prepare<[], KindRow>('select type, schema_version, first_position from event_kind order by first_position')
    .raw()
    .all()
}

/** Whether an event of that type and version really stands where it is noted. */
export function isKindAt(db: Connection, [type, schemaVersion, position]: KindRow): boolean {
  const event = db.prepare<[number, string, number]>(
    'select 1 from event where position = ? and type = ? and schema_version = ?',
  )
  return event.get(position, type, schemaVersion) !== undefined
}

/**
 * Checks that all types and versions of events of a log are known. They are noted as events are appended, so that of the
 * log itself only an event that is to be refused is read. Where somebody meddled with the notes, `checkKinds` tells, and an
 * event that is not noted is refused by whoever reads it first.
 *
 * @throws `UnknownEvent`, with the first event that this program has no words for.
 */
export function expectKnownEvents(db: Connection, schemas: EventSchemas = EVENT_SCHEMAS): void {
  const unknown = readNotedKinds(db).find((row) => !isReadable(row[0], row[1], schemas) && isKindAt(db, row))
  if (unknown === undefined) return
  const [type, schemaVersion, position] = unknown
  throw new UnknownEvent(position as Position, type, schemaVersion)
}

/**
 * The same for a file that is about to be written, or made. Nothing of it is changed: where a crash left a write-ahead log,
 * that is not written back either. A log that has no note of its events yet is left to the migrations.
 *
 * @throws `UnknownEvent`, or when the file is no database.
 */
export function refuseUnknownEvents(file: string): void {
  if (!existsSync(file)) return
  try {
    const db = existsSync(`${file}-wal`) ? openReadOnly(file) : openUnchanged(file)
    try {
      const hasNote = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'event_kind'").get()
      if (hasNote !== undefined) expectKnownEvents(db)
    } finally {
      db.close()
    }
  } catch (cause) {
    if (cause instanceof UnknownEvent) throw cause
    throw new Error(`Cannot write to "${file}"`, { cause })
  }
}
