import { setImmediate } from 'node:timers/promises'
import { openReadOnly } from './database.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'
import { expectCurrentSchema } from './migrations.ts'
import type { LogId } from './recorded-event.ts'

const PAGE_ROWS = 200

/** A row as it is hashed, and the chain's link of it. */
export interface LinkedRow {
  readonly row: EventRow
  readonly link: Uint8Array
}

/** The rows of a log up to where it ended when it was opened. */
export interface LogRows extends Disposable {
  readonly logId: LogId
  readonly head: { readonly position: number; readonly link: Uint8Array }
  /** A page after the other, each in a turn of the event loop. */
  pages(): AsyncGenerator<readonly LinkedRow[], void>
}

/** Opens the rows of a log, beside whoever writes to it. @throws As `EventReader`. */
export function openRows(file: string): LogRows {
  const db = openReadOnly(file)
  try {
    expectCurrentSchema(db)
    const [logId, position, link] = db
      .prepare<[], [string, number, Uint8Array]>('select log_id, position, link from log_identity, log_head')
      .raw()
      .get() ?? [null, 0, new Uint8Array()]
    if (logId === null) throw new Error(`Cannot read "${file}": the log has no identity`)
    const page = db
      .prepare<[number, number], [...row: EventRow, link: Uint8Array]>(
        `select ${EVENT_COLUMNS}, link from event where position > ? and position <= ? order by position limit ${PAGE_ROWS}`,
      )
      .raw()
    return {
      logId: logId as LogId,
      head: { position, link },
      async *pages() {
        for (let rows = page.all(0, position), last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
          yield rows.map((columns) => ({
            row: columns.slice(0, -1) as unknown as EventRow,
            link: columns.at(-1) as Uint8Array,
          }))
          await setImmediate()
          rows = page.all(last[0], position)
        }
      },
      [Symbol.dispose]: () => void db.close(),
    }
  } catch (cause) {
    db.close()
    throw cause
  }
}
