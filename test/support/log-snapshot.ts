import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openReadOnly } from '../../src/events/database.ts'
import type { Fault } from '../../src/events/event-log.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import { rebuildInto } from '../../src/events/projection-runner.ts'
import type { Position, Recorded } from '../../src/events/recorded-event.ts'
import { projections } from '../../src/projections/read-models.ts'
import { dumpTables } from './dump-tables.ts'

/** All that an event log's file holds at one moment, whoever writes to it. */
export interface LogSnapshot {
  readonly events: readonly Recorded[]
  /** What is wrong with its chain; null when nothing is. */
  readonly fault: Fault | null
  /** The rows of the projections, as they stand and as the events say. */
  readonly live: Readonly<Record<string, readonly string[]>>
  readonly rebuilt: Readonly<Record<string, readonly string[]>>
}

const TABLES = projections.flatMap(({ tables }) => tables)
const PAGE_EVENTS = 1000

/** Reads a log over read-only connections: beside the process that writes it, or after its death. */
export async function readLogSnapshot(dataDir: string): Promise<LogSnapshot> {
  const file = join(dataDir, 'seedbank.db')
  const { head, live } = readProjections(file)
  const reader = new EventReader(file)
  try {
    const events = await readUpTo(reader, head)
    const verified = await reader.verify()
    return { events, live, fault: verified.ok ? null : verified.error, rebuilt: await rebuild(events) }
  } finally {
    reader.close()
  }
}

/** The rows and the position that they stand for, in one transaction. */
function readProjections(file: string): { readonly head: Position; readonly live: LogSnapshot['live'] } {
  const db = openReadOnly(file)
  try {
    return db.transaction(() => ({
      head: db.prepare<[], Position>('select position from log_head').pluck().get() ?? (0 as Position),
      live: dumpTables(db, TABLES),
    }))()
  } finally {
    db.close()
  }
}

async function readUpTo(reader: EventReader, head: Position): Promise<readonly Recorded[]> {
  const events: Recorded[] = []
  for (;;) {
    const after = events.at(-1)?.position
    const before = (head + 1) as Position
    const page = await reader.read({ before, limit: PAGE_EVENTS, ...(after !== undefined && { after }) })
    events.push(...page)
    if (page.length < PAGE_EVENTS) return events
  }
}

async function rebuild(events: readonly Recorded[]): Promise<LogSnapshot['rebuilt']> {
  const db = new Database(':memory:')
  try {
    await rebuildInto(db, projections, events)
    return dumpTables(db, TABLES)
  } finally {
    db.close()
  }
}
