import Database from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyWhole } from '../../src/app/audit/verify-whole.ts'
import { verifyLog } from '../../src/app/verify-log.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { projections } from '../../src/projections/read-models.ts'
import { appendForeignEvent } from '../support/append-foreign-event.ts'
import { appendOf, seedingStarted } from '../support/sample-events.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

function meddle(dataDir: string, sql: string): void {
  const db = new Database(join(dataDir, 'seedbank.db'))
  db.exec(sql)
  db.close()
}

describe('the log’s own tables', () => {
  /** Three events of two kinds. */
  async function smallLog(): Promise<string> {
    const dataDir = createTemporaryFolder()
    const log = openEventLog({ file: join(dataDir, 'seedbank.db'), projections })
    await log.append([appendOf([seedingStarted(1)], 0), appendOf([seedingStarted(2)], 1)])
    await log.append([appendOf([{ type: 'ProtocolDisabled', data: {} }], 0)])
    await log.close()
    return dataDir
  }

  test('have each note of an event named that was taken away, invented or moved', async () => {
    const dataDir = await smallLog()
    expect(valueOf(await verifyLog(dataDir))).toMatchObject({ schema: [], kinds: { faults: [], unknown: [] } })
    meddle(
      dataDir,
      "delete from event_kind where type = 'SeedingStarted'; insert into event_kind values ('Bogus', 1, 2)",
    )
    meddle(dataDir, "update event_kind set first_position = 9 where type = 'ProtocolDisabled'")
    expect(valueOf(await verifyLog(dataDir)).kinds).toEqual({
      faults: [
        { position: 1, code: 'NOT_NOTED', type: 'SeedingStarted', schemaVersion: 1 },
        { position: 2, code: 'NO_EVENT', type: 'Bogus', schemaVersion: 1 },
        { position: 9, code: 'NOT_FIRST', type: 'ProtocolDisabled', schemaVersion: 1 },
      ],
      unknown: [],
    })
  })

  test('have events of a newer program named, and the chain is checked all the same', async () => {
    const dataDir = await smallLog()
    const position = appendForeignEvent(join(dataDir, 'seedbank.db'), 'FutureThing', 3)
    expect(valueOf(await verifyWhole(dataDir))).toMatchObject({
      chain: { events: 4, position: 4 },
      kinds: { faults: [], unknown: [{ position, type: 'FutureThing', schemaVersion: 3 }] },
      receipts: { count: 0 },
      projections: null,
      files: null,
    })
  })

  test('have triggers and indexes named that are gone, others, or strangers', async () => {
    const dataDir = await smallLog()
    meddle(dataDir, 'drop trigger event_is_never_updated; drop index event_by_correlation')
    meddle(dataDir, 'drop trigger event_is_never_deleted; create index event_is_never_deleted on receipt (key)')
    meddle(dataDir, 'create trigger gone after insert on receipt begin delete from receipt; end')
    expect(valueOf(await verifyLog(dataDir)).schema).toEqual([
      { kind: 'index', name: 'event_by_correlation', code: 'MISSING' },
      { kind: 'trigger', name: 'event_is_never_updated', code: 'MISSING' },
      { kind: 'trigger', name: 'event_is_never_deleted', code: 'CHANGED' },
      { kind: 'trigger', name: 'gone', code: 'SURPLUS' },
    ])
  })

  test('are not read on where one is not as it was made', async () => {
    const dataDir = await smallLog()
    meddle(dataDir, 'alter table receipt add column more text; drop table event_kind')
    const faults = [
      { kind: 'table', name: 'event_kind', code: 'MISSING' },
      { kind: 'table', name: 'receipt', code: 'CHANGED' },
    ]
    expect(await verifyWhole(dataDir)).toEqual({ ok: false, error: { type: 'TablesAltered', faults } })
  })
})
