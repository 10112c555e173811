import type { Connection } from './database.ts'
import { EVENT_COLUMNS, type EventRow } from './event-row.ts'

/** Every statement of an append, prepared once for the life of the connection. */
export type AppendStatements = ReturnType<typeof prepareStatements>

/** @param db The writing connection. */
export function prepareAppendStatements(db: Connection): AppendStatements {
  return prepareStatements(db)
}

function prepareStatements(db: Connection) {
  return {
    begin: db.prepare<[]>('begin immediate'),
    commit: db.prepare<[]>('commit'),
    rollback: db.prepare<[]>('rollback'),
    savepoint: db.prepare<[]>('savepoint append'),
    rollbackToSavepoint: db.prepare<[]>('rollback to append'),
    release: db.prepare<[]>('release append'),
    tip: db
      .prepare<[], [position: number, link: Uint8Array, recordedAt: number | null]>(
        'select h.position, h.link, e.recorded_at from log_head h left join event e on e.position = h.position',
      )
      .raw(),
    countVersions: db
      .prepare<[string, number, number], number>(
        'select count(*) from event where stream = ? and version between ? and ?',
      )
      .pluck(),
    newestVersion: db.prepare<[string], number | null>('select max(version) from event where stream = ?').pluck(),
    insertEvent: db.prepare<[EventRow, Uint8Array, Uint8Array]>(
      `insert or fail into event (${EVENT_COLUMNS}, leaf, link) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    moveHead: db.prepare<[number, Uint8Array]>('update log_head set position = ?, link = ?'),
  }
}
