import type { CompiledQuery } from 'kysely'
import type { EventType } from '../domain/events.ts'
import type { Connection } from './database.ts'
import type { Projection } from './projection.ts'
import type { Recorded } from './recorded-event.ts'

/** How many prepared statements are kept. Their text depends on the shape of an event only, so there are few. */
const MAX_STATEMENTS = 1000

type Handler = (recorded: Recorded) => readonly CompiledQuery[]
type Apply = (recorded: Recorded) => void

/**
 * Prepares to run projections over a connection: each event's statements, in the caller's transaction.
 *
 * @returns A function that throws, naming projection and event, when a handler or one of its statements fails.
 */
export function createProjectionRunner(db: Connection, projections: readonly Projection[]): Apply {
  const handlers = handlersByType(projections)
  const run = createStatementRunner(db)
  return (recorded) => {
    for (const { name, handle } of handlers.get(recorded.event.type) ?? []) {
      try {
        for (const query of handle(recorded)) run(query)
      } catch (cause) {
        const what = `${recorded.event.type} at position ${recorded.position}`
        throw new Error(`Cannot project ${what} into "${name}"`, { cause })
      }
    }
  }
}

/**
 * Rebuilds, from position 0 and in one transaction, every projection whose recorded version is not the program's,
 * and drops those that the program no longer has.
 *
 * @param events The whole log, in order, read over the same connection.
 */
export function bringProjectionsUpToDate(
  db: Connection,
  projections: readonly Projection[],
  events: () => Iterable<Recorded>,
): void {
  refuseDuplicates(projections)
  const recorded = db
    .prepare<[], [name: string, version: number, tables: string]>(
      'select name, version, tables from projection_version',
    )
    .raw()
  const forget = db.prepare<[string]>('delete from projection_version where name = ?')
  const store = db.prepare<[string, number, string]>('insert into projection_version values (?, ?, ?)')

  const update = db.transaction(() => {
    const wanted = new Map(projections.map(({ name, version }) => [name, version]))
    const upToDate = new Set<string>()
    for (const [name, version, tables] of recorded.all()) {
      if (wanted.get(name) === version) {
        upToDate.add(name)
      } else {
        dropTables(db, JSON.parse(tables) as readonly string[])
        forget.run(name)
      }
    }
    const stale = projections.filter(({ name }) => !upToDate.has(name))
    if (stale.length === 0) return
    createProjectionTables(db, stale)
    const apply = createProjectionRunner(db, stale)
    for (const event of events()) apply(event)
    for (const { name, version, tables } of stale) store.run(name, version, JSON.stringify(tables))
  })
  update.immediate()
}

/**
 * Builds projections from scratch in a database of their own, to compare them with those that the log keeps.
 *
 * @param db An empty database, such as `new Database(':memory:')`.
 * @param events Where to stop is the caller's choice: the rows are then as of that event.
 */
export async function rebuildInto(
  db: Connection,
  projections: readonly Projection[],
  events: AsyncIterable<Recorded> | Iterable<Recorded>,
): Promise<void> {
  createProjectionTables(db, projections)
  const apply = createProjectionRunner(db, projections)
  for await (const event of events) apply(event)
}

function handlersByType(projections: readonly Projection[]): Map<EventType, { name: string; handle: Handler }[]> {
  const handlers = new Map<EventType, { name: string; handle: Handler }[]>()
  for (const { name, on } of projections) {
    // A handler is only ever given events of the type it stands under, which is what the cast forgets.
    for (const [type, handle] of Object.entries(on) as [EventType, Handler][]) {
      handlers.set(type, [...(handlers.get(type) ?? []), { name, handle }])
    }
  }
  return handlers
}

function createStatementRunner(db: Connection): (query: CompiledQuery) => void {
  const statements = new Map<string, ReturnType<Connection['prepare']>>()
  return ({ sql, parameters }) => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      if (statements.size === MAX_STATEMENTS) statements.clear()
      statement = db.prepare(sql)
      statements.set(sql, statement)
    }
    statement.run(parameters)
  }
}

/** Makes the tables of projections anew, empty. */
export function createProjectionTables(db: Connection, projections: readonly Projection[]): void {
  for (const { tables, create } of projections) {
    dropTables(db, tables)
    for (const { sql } of create) db.exec(sql)
  }
}

/** Those of the database itself: others that are attached may have tables of the same names. */
function dropTables(db: Connection, tables: readonly string[]): void {
  for (const table of tables) db.exec(`drop table if exists main."${table}"`)
}

function refuseDuplicates(projections: readonly Projection[]): void {
  const names = new Set(projections.map(({ name }) => name))
  const tables = projections.flatMap((projection) => projection.tables)
  if (names.size < projections.length || new Set(tables).size < tables.length) {
    throw new Error(`Cannot keep projections ${[...names].join(', ')}: two have a name or a table in common`)
  }
}
