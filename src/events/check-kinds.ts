import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { isReadable } from './event-codec.ts'
import { isKindAt, readNotedKinds, type KindRow } from './known-events.ts'
import { PageSize } from './page-size.ts'
import { BEFORE_ALL, type Position } from './recorded-event.ts'

/** A type and version of events. */
interface Kind {
  readonly type: string
  readonly schemaVersion: number
}

/** A note of a type and version that is not what stands in the events. */
export interface KindFault extends Kind {
  /** Of the first such event for NOT_NOTED, else the one that is noted. */
  readonly position: Position
  /** NOT_NOTED: there are such events; NO_EVENT: there are none; NOT_FIRST: the first is at another position. */
  readonly code: 'NOT_NOTED' | 'NO_EVENT' | 'NOT_FIRST'
}

/** An event that this program has no words for. */
export interface UnknownKind extends Kind {
  readonly position: Position
}

export interface CheckedKinds {
  readonly faults: readonly KindFault[]
  /** The first of each type and version that is unknown to this program, in order. */
  readonly unknown: readonly UnknownKind[]
}

/**
 * Compares which types and versions of events are noted with those that stand in the log up to a position. Holds the event
 * loop for some milliseconds at a time.
 */
export async function checkKinds(db: Connection, upTo: Position): Promise<CheckedKinds> {
  const first = await readFirstOfKinds(db, upTo)
  // Read after the events: what was appended meanwhile is noted too, and looked at by itself.
  const noted = readNotedKinds(db)
  const notedKeys = new Set(noted.map(keyOf))
  const notNoted = [...first.values()].filter((row) => !notedKeys.has(keyOf(row)))
  const faults = [...notNoted.map((row) => faultOf(row, 'NOT_NOTED')), ...noted.flatMap(judge)]
  const unknown = [...first.values()].filter(([type, schemaVersion]) => !isReadable(type, schemaVersion))
  return { faults: faults.toSorted(byPosition), unknown: unknown.map(kindOf).toSorted(byPosition) }

  function judge(row: KindRow): readonly KindFault[] {
    const position = first.get(keyOf(row))?.[2]
    if (position === row[2]) return []
    if (position !== undefined) return [faultOf(row, 'NOT_FIRST')]
    return row[2] > upTo && isKindAt(db, row) ? [] : [faultOf(row, 'NO_EVENT')]
  }
}

/** By `keyOf`. */
async function readFirstOfKinds(db: Connection, upTo: Position): Promise<ReadonlyMap<string, KindRow>> {
  const page = db
    .prepare<[number, number], KindRow>(
      `select type, schema_version, min(position) from event where position > ? and position <= ?
       group by type, schema_version`,
    )
    .raw()
  const first = new Map<string, KindRow>()
  const size = new PageSize()
  for (let after: number = BEFORE_ALL; after < upTo;) {
    const startedAt = performance.now()
    const last = Math.min(after + size.rows, upTo)
    for (const row of page.all(after, last)) if (!first.has(keyOf(row))) first.set(keyOf(row), row)
    after = last
    size.learn(performance.now() - startedAt)
    await setImmediate()
  }
  return first
}

function keyOf([type, schemaVersion]: KindRow): string {
  return `${schemaVersion} ${type}`
}

function kindOf([type, schemaVersion, position]: KindRow): UnknownKind {
  return { position: position as Position, type, schemaVersion }
}

function faultOf(row: KindRow, code: KindFault['code']): KindFault {
  return { ...kindOf(row), code }
}

function byPosition(one: UnknownKind, other: UnknownKind): number {
  return one.position - other.position
}
