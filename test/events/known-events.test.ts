import Database from 'better-sqlite3'
import { copyFileSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isReadable, UnknownEvent } from '../../src/events/event-codec.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import { EVENT_SCHEMAS } from '../../src/events/event-schemas.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { projections } from '../../src/projections/read-models.ts'
import { appendForeignEvent } from '../support/append-foreign-event.ts'
import { appendOf, seedingStarted } from '../support/sample-events.ts'
import { openTemporaryLog, temporaryLogFile } from '../support/temporary-log.ts'

async function logOf(events: number): Promise<string> {
  const file = temporaryLogFile()
  const log = openTemporaryLog({ file })
  await log.append(Array.from({ length: events }, (_, index) => appendOf([seedingStarted(index)], index)))
  await log.close()
  return file
}

describe('a log with an event of a newer program', () => {
  test.each([
    ['FutureThing', 1],
    ['ArchiveCreated', 2],
    ['toString', 1],
  ])('%s version %d is not opened, and its file stays as it is', async (eventType, schemaVersion) => {
    const file = await logOf(3)
    const position = appendForeignEvent(file, eventType, schemaVersion)
    appendForeignEvent(file, 'EvenLater', 9)
    const before = readFileSync(file)
    for (const open of [() => openEventLog({ file, projections }), () => new EventReader(file)]) {
      expect(open).toThrow(UnknownEvent)
      expect(open).toThrow(expect.objectContaining({ position, eventType, schemaVersion }))
    }
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('that a crash left in the write-ahead log is not even written back', async () => {
    const [file, crashed] = [await logOf(3), temporaryLogFile()]
    const alive = new Database(file)
    alive.prepare('select 1 from event').get()
    appendForeignEvent(file, 'FutureThing', 1)
    const parts = ['', '-wal']
    for (const part of parts) copyFileSync(`${file}${part}`, `${crashed}${part}`)
    alive.close()
    const bytes = (): readonly string[] => parts.map((part) => readFileSync(`${crashed}${part}`, 'hex'))
    const before = bytes()
    expect(before[1]).not.toBe('')
    expect(() => openEventLog({ file: crashed, projections })).toThrow(UnknownEvent)
    expect(bytes()).toEqual(before)
  })

  test('that nobody noted is refused by whoever reads it first', async () => {
    const file = await logOf(1)
    const position = appendForeignEvent(file, 'FutureThing', 1)
    const db = new Database(file)
    expect(db.prepare("delete from event_kind where type = 'FutureThing'").run().changes).toBe(1)
    db.close()
    const log = openTemporaryLog({ file })
    await expect(log.read({ limit: 10 })).rejects.toThrow(expect.objectContaining({ name: 'UnknownEvent', position }))
  })
})

test('a note of an event that is another is no reason to refuse the log', async () => {
  const file = await logOf(3)
  const db = new Database(file)
  db.exec("insert into event_kind values ('Bogus', 1, 3)")
  db.close()
  const log = openTemporaryLog({ file })
  expect(await log.read({ limit: 10 })).toHaveLength(3)
})

describe('which events there are', () => {
  test('is noted in the transaction that appends the first of its kind, and once', async () => {
    const file = await logOf(3)
    const db = new Database(file, { readonly: true })
    expect(db.prepare('select * from event_kind').raw().all()).toEqual([['SeedingStarted', 1, 1]])
    db.close()
  })

  test('can be read where there is a way to what is written now', () => {
    const schemas = {
      current: { ...EVENT_SCHEMAS.current, SeedingStarted: 3 },
      upcasters: { SeedingStarted: { 2: (data: object) => ({ ...data }) } },
    }
    const readable = [0, 1, 2, 3, 4].filter((version) => isReadable('SeedingStarted', version, schemas))
    expect(readable).toEqual([2, 3])
  })
})
