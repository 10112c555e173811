import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { PageSize } from './page-size.ts'
import type { Position } from './recorded-event.ts'

/** An event as it is stored, with the leaf and the link that were stored beside it. */
export interface ChainedRow {
  readonly row: EventRow
  readonly leaf: Uint8Array
  readonly link: Uint8Array
}

/** Reads rows after a position and up to another, in order, a page for each turn of the event loop; no cursor stays open. */
export type ReadChained = (after: Position, upTo: Position) => AsyncIterable<readonly ChainedRow[]>

/** @param db A connection that stays open for as long as rows are read. */
export function createChainedReader(db: Connection): ReadChained {
  const page = db
    .prepare<[number, number, number], unknown[]>(
      `select ${EVENT_COLUMNS}, leaf, link from event where position > ? and position <= ? order by position limit ?`,
    )
    .raw()
  return async function* readChained(after, upTo) {
    const size = new PageSize()
    let position: number = after
    while (position < upTo) {
      const began = performance.now()
      const rows = page.all(position, upTo, size.rows).map(chainedRowOf)
      const last = rows.at(-1)
      if (last === undefined) return
      position = last.row[0]
      yield rows
      // What is done with the rows holds the event loop as well.
      size.learn(performance.now() - began)
      await setImmediate()
    }
  }
}

/** Takes the array apart rather than copying it, which is measurable. */
function chainedRowOf(columns: unknown[]): ChainedRow {
  const link = columns.pop() as Uint8Array
  const leaf = columns.pop() as Uint8Array
  return { row: columns as unknown as EventRow, leaf, link }
}
