import Database from 'better-sqlite3'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { EVENT_COLUMNS, type EventRow } from '../../src/events/event-row.ts'
import { genesisLink, leafHash, nextLink } from '../../src/events/hash-chain.ts'
import type { LogId } from '../../src/events/recorded-event.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/**
 * A copy of a data directory whose log somebody went at who knows how: past the triggers, which are there again, and with leaves, links, head and
 * count that fit whatever the rows are now.
 *
 * @param sql What he did to the rows.
 */
export function copyRewritten(dataDir: string, sql: string): string {
  const copy = createTemporaryFolder()
  cpSync(dataDir, copy, { recursive: true })
  const db = new Database(join(copy, 'seedbank.db'))
  const triggers = db
    .prepare<[], [name: string, sql: string]>("select name, sql from sqlite_master where type = 'trigger'")
    .raw()
    .all()
  for (const [name] of triggers) db.exec(`drop trigger ${name}`)
  db.exec(sql)
  let link = genesisLink(db.prepare<[], LogId>('select log_id from log_identity').pluck().get() ?? ('' as LogId))
  const rows = db.prepare<[], EventRow>(`select ${EVENT_COLUMNS} from event order by position`).raw().all()
  for (const row of rows) {
    const leaf = leafHash(row)
    link = nextLink(link, leaf)
    db.prepare('update event set leaf = ?, link = ? where position = ?').run(leaf, link, row[0])
  }
  const head = rows.at(-1)?.[0] ?? 0
  db.prepare('update log_head set position = ?, link = ?').run(head, link)
  db.prepare("update sqlite_sequence set seq = ? where name = 'event'").run(head)
  for (const [, create] of triggers) db.exec(create)
  db.close()
  return copy
}
