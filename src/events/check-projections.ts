import type { Connection } from './database.ts'
import { compareTable, type TableDifference } from './compare-tables.ts'
import type { EventReader } from './event-reader.ts'
import type { Projection } from './projection.ts'
import type { Position } from './recorded-event.ts'
import type { Shadow } from './shadow.ts'

/** What came of comparing the read models that the log keeps with what its events make. */
export interface CheckedProjections {
  /** Both are as of this event. */
  readonly position: Position
  /** Those that were compared. */
  readonly compared: readonly string[]
  /** Those that were not: what the log keeps was made by another version of them, or it keeps none. */
  readonly outdated: readonly string[]
  readonly differences: readonly TableDifference[]
}

/**
 * Compares projections with a shadow, also while a process appends.
 *
 * @param live A read-only connection that nobody else uses. What it sees stays as it is during the comparison: a
 *   transaction that lasts for no longer than it takes to read the tables, as it keeps the WAL from being cut.
 * @param shadow Is fed up to the newest event. Feed it nearly all before.
 */
export async function checkProjections(
  live: Connection,
  reader: EventReader,
  shadow: Shadow,
  projections: readonly Projection[],
): Promise<CheckedProjections> {
  live.exec('begin')
  try {
    const position = (live.prepare<[], number>('select position from log_head').pluck().get() ?? 0) as Position
    const kept = new Map(live.prepare<[], [string, number]>('select name, version from projection_version').raw().all())
    await shadow.feed(reader, position)
    const current = projections.filter(({ name, version }) => kept.get(name) === version)
    const differences: TableDifference[] = []
    for (const table of current.flatMap(({ tables }) => tables)) {
      const difference = await compareTable(live, shadow.db, table)
      if (difference !== null) differences.push(difference)
    }
    const compared = current.map(({ name }) => name)
    const known = [...new Set([...projections.map(({ name }) => name), ...kept.keys()])]
    return { position, compared, outdated: known.filter((name) => !compared.includes(name)), differences }
  } finally {
    live.exec('rollback')
  }
}
