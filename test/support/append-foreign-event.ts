import Database from 'better-sqlite3'
import type { EventRow } from '../../src/events/event-row.ts'
import { leafHash, nextLink } from '../../src/events/hash-chain.ts'

/** Appends an event as another program would: to the node's stream, with the hashes that belong to it. @returns Its position. */
export function appendForeignEvent(file: string, type: string, schemaVersion: number, stream = 'node'): number {
  const db = new Database(file)
  const version = db.prepare<[string], number>('select coalesce(max(version), 0) from event where stream = ?').pluck()
  const head = db.prepare<[], { position: number; link: Buffer }>('select position, link from log_head').get()
  if (head === undefined) throw new Error('The log has no head')
  const at = db.prepare<[], number>('select coalesce(max(recorded_at), 1) from event').pluck().get() ?? 1
  const [position, next] = [head.position + 1, (version.get(stream) ?? 0) + 1]
  const ids = ['01890000-0000-7000-b000-000000000001', '6f1c8a52-9b1d-4f7e-8a35-0c2f6c1e9d10'] as const
  const row: EventRow = [position, stream, next, ids[0], type, schemaVersion, at, 'cli', ids[1], null, '{}']
  const leaf = leafHash(row)
  const link = nextLink(head.link, leaf)
  db.prepare(`insert into event values (${Array.from({ length: 13 }, () => '?').join(', ')})`).run(...row, leaf, link)
  db.prepare('update log_head set position = ?, link = ?').run(position, link)
  db.close()
  return position
}
