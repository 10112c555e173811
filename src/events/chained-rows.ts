import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import type { Position } from './recorded-event.ts'

/** For how long rows are worked on before other work has its turn, on a slow machine: some milliseconds. */
const PAGE_ROWS = 500

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
    .prepare<[number, number, number], readonly [...row: EventRow, leaf: Uint8Array, link: Uint8Array]>(
      `select ${EVENT_COLUMNS}, leaf, link from event where position > ? and position <= ? order by position limit ?`,
    )
    .raw()
  return async function* readChained(after, upTo) {
    let position: number = after
    while (position < upTo) {
      const rows = page.all(position, upTo, PAGE_ROWS)
      const last = rows.at(-1)
      if (last === undefined) return
      position = last[0]
      yield rows.map(chainedRowOf)
      await setImmediate()
    }
  }
}

function chainedRowOf(columns: readonly [...row: EventRow, leaf: Uint8Array, link: Uint8Array]): ChainedRow {
  const [leaf, link] = columns.slice(-2) as [Uint8Array, Uint8Array]
  return { row: columns.slice(0, -2) as unknown as EventRow, leaf, link }
}
