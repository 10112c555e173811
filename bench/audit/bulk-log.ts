import type { DomainEvent } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { type Connection, openWriter } from '../../src/events/database.ts'
import { encodeEvent } from '../../src/events/event-codec.ts'
import { createEventIdSource } from '../../src/events/event-id.ts'
import { EVENT_COLUMNS } from '../../src/events/event-row.ts'
import { genesisLink, leafHash, nextLink } from '../../src/events/hash-chain.ts'
import { migrate } from '../../src/events/migrations.ts'
import type { EventId, EventMeta, LogId, Position, StreamName } from '../../src/events/recorded-event.ts'

const GROUP_EVENTS = 50_000

/** A log that is written from its first event to its last, and read by nobody meanwhile. */
export interface BulkLog {
  readonly head: () => number
  /** @returns The id of the event. */
  readonly add: (stream: StreamName, version: number, event: DomainEvent, meta: EventMeta, at: UnixMillis) => EventId
  /** Leaves a log that cannot be told from one that a node wrote. */
  readonly close: () => void
}

/**
 * Writes a log ten times as fast as a node does: nothing is durable before the end, nobody decides, and the index of
 * correlation ids is made once all events are there.
 */
export function openBulkLog(file: string): BulkLog {
  const db = openWriter(file)
  migrate(db)
  db.pragma('journal_mode = off')
  db.pragma('synchronous = off')
  db.pragma('cache_size = -262144')
  const restore = dropIndexes(db)
  const insert = db.prepare(
    `insert into event (${EVENT_COLUMNS}, leaf, link) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const createId = createEventIdSource()
  let [position, link] = [0, genesisLink(db.prepare('select log_id from log_identity').pluck().get() as LogId)]
  db.exec('begin')
  return {
    head: () => position,
    add(stream, version, event, meta, recordedAt) {
      position += 1
      const id = createId()
      const row = encodeEvent(event, meta, { position: position as Position, stream, version, id, recordedAt })
      const leaf = leafHash(row)
      link = nextLink(link, leaf)
      insert.run(row, leaf, link)
      if (position % GROUP_EVENTS === 0) db.exec('commit; begin')
      return id
    },
    close() {
      db.prepare('update log_head set position = ?, link = ?').run(position, link)
      db.exec('commit')
      for (const statement of restore) db.exec(statement)
      db.close()
      openWriter(file).close()
    },
  }
}

function dropIndexes(db: Connection): readonly string[] {
  const indexes = db
    .prepare<[], { name: string; sql: string }>(
      `select name, sql from sqlite_master where tbl_name = 'event' and type = 'index' and sql is not null`,
    )
    .all()
  for (const { name } of indexes) db.exec(`drop index ${name}`)
  return indexes.map(({ sql }) => sql)
}
