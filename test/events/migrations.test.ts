import { describe, expect, test } from 'vitest'
import { type Connection, openWriter } from '../../src/events/database.ts'
import { DatabaseTooNew, migrate, type Migration, MIGRATIONS } from '../../src/events/migrations.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { temporaryLogFile } from '../support/temporary-log.ts'

const createFirst: Migration = (db) => db.exec('create table first (value integer) strict')
const createSecond: Migration = (db) => db.exec('create table second (value integer) strict')
const failHalfway: Migration = (db) => {
  db.exec('create table half (value integer) strict')
  db.exec('insert into first values (1)')
  db.exec('create table half (value integer) strict')
}

function stateOf(db: Connection): readonly [version: unknown, ...tables: readonly unknown[]] {
  const tables = db.prepare("select name from sqlite_schema where name not like 'sqlite_%' order by name").pluck().all()
  return [db.pragma('user_version', { simple: true }), ...tables]
}

describe('migrate', () => {
  test('runs what is missing, in order, and once', () => {
    const db = openWriter(temporaryLogFile())
    migrate(db, [createFirst])
    expect(stateOf(db)).toEqual([1, 'first'])
    migrate(db, [createFirst, createSecond])
    migrate(db, [createFirst, createSecond])
    expect(stateOf(db)).toEqual([2, 'first', 'second'])
    db.close()
  })

  test('leaves nothing of a step that fails, and keeps those before', () => {
    const db = openWriter(temporaryLogFile())
    expect(() => migrate(db, [createFirst, failHalfway, createSecond])).toThrow('to schema version 2')
    expect(stateOf(db)).toEqual([1, 'first'])
    expect(db.prepare('select count(*) from first').pluck().get()).toBe(0)
    migrate(db, [createFirst, createSecond])
    expect(stateOf(db)).toEqual([2, 'first', 'second'])
    db.close()
  })

  test('refuses a database that is newer than the program, by name', () => {
    const file = temporaryLogFile()
    const db = openWriter(file)
    migrate(db)
    const newer = MIGRATIONS.length + 1
    db.pragma(`user_version = ${newer}`)
    db.close()
    for (const open of [() => openEventLog({ file, projections: [] }), () => new EventReader(file)]) {
      expect(open).toThrow(DatabaseTooNew)
      expect(open).toThrow(
        expect.objectContaining({
          name: 'DatabaseTooNew',
          databaseVersion: newer,
          programVersion: MIGRATIONS.length,
        }),
      )
    }
  })

  test('is asked for where a log is only read that has none of its tables', () => {
    const file = temporaryLogFile()
    openWriter(file).close()
    expect(() => new EventReader(file)).toThrow('schema is version 0')
  })
})

describe('a writing connection', () => {
  test('has the settings that durability rests on', () => {
    const db = openWriter(temporaryLogFile())
    const found = ['journal_mode', 'synchronous', 'recursive_triggers', 'foreign_keys'].map((pragma) =>
      db.pragma(pragma, { simple: true }),
    )
    expect(found).toEqual(['wal', 2, 1, 1])
    db.close()
  })

  test('is refused where SQLite cannot give them', () => {
    expect(() => openWriter(':memory:')).toThrow(
      new Error('Cannot write to ":memory:"', { cause: new Error('journal_mode is memory, not wal') }),
    )
  })
})
