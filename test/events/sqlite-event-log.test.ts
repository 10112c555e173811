import { existsSync, statSync } from 'node:fs'
import { CompiledQuery } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openReader, openReadOnly, openWriter } from '../../src/events/database.ts'
import type { Projection } from '../../src/events/projection.ts'
import { BEFORE_ALL } from '../../src/events/recorded-event.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { appendOf, communityNumber, seedingStarted } from '../support/sample-events.ts'
import { servedCount } from '../support/sample-projection.ts'
import { take } from '../support/take.ts'
import { openTemporaryLog, temporaryLogFile } from '../support/temporary-log.ts'
import { describeEventLog } from './conformance.ts'

describeEventLog('SQLite', openTemporaryLog)

describe('the file', () => {
  test('holds the log when it is opened again, and its WAL is empty after close', async () => {
    const file = temporaryLogFile()
    const log = openEventLog({ file, projections: [] })
    await log.append([appendOf([seedingStarted(1)], 0)])
    const { logId } = log
    await log.close()
    expect(existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0).toBe(0)

    const again = openTemporaryLog({ file })
    expect([again.logId, again.head()]).toEqual([logId, 1])
    await again.append([appendOf([seedingStarted(2)], 1)])
    expect(await take(again.tail(BEFORE_ALL, new AbortController().signal), 2)).toMatchObject([
      { position: 1 },
      { position: 2 },
    ])
    expect(await again.verify()).toBeNull()
  })

  test.each([
    ['UPDATE', "update event set type = 'Other'"],
    ['DELETE', 'delete from event'],
    ['INSERT OR REPLACE', 'insert or replace into event select * from event where position = 2'],
    ['INSERT OR REPLACE after the head', insertAt('3', 'or replace')],
    ['INSERT below the head', insertAt('1')],
    ['INSERT at the head', insertAt('2')],
    ['INSERT without a position', insertAt('null')],
  ])('refuses %s', async (_, sql) => {
    const file = temporaryLogFile()
    const log = openTemporaryLog({ file })
    await log.append([appendOf([seedingStarted(1), seedingStarted(2)], 0)])
    const db = openWriter(file)
    expect(() => db.exec(sql)).toThrow(/an event is (never|only)/)
    db.close()
    expect(await log.read({ limit: 10 })).toHaveLength(2)
    expect(await log.verify()).toBeNull()
  })
})

describe('a commit that fails', () => {
  /** Holds a reference that SQLite checks at commit, and not when the statement runs. */
  const unkept: Projection = {
    name: 'unkept',
    version: 1,
    tables: ['unkept'],
    create: [
      CompiledQuery.raw(
        'create table unkept (parent integer references unkept (rowid2) deferrable initially deferred, rowid2 integer primary key) strict',
      ),
    ],
    on: { SeedingFailed: () => [CompiledQuery.raw('insert into unkept (parent) values (99)')] },
  }
  const failing = {
    type: 'SeedingFailed',
    communityId: communityNumber(1),
    data: { infoHash: seedingStarted(1).data.infoHash, code: 'INTERNAL' },
  } as const

  test('throws, leaves nothing, and the next append goes on where the log was', async () => {
    const log = openTemporaryLog({ projections: [unkept] })
    await log.append([appendOf([seedingStarted(1)], 0)])
    const live = take(log.tail(BEFORE_ALL, new AbortController().signal), 2)
    await expect(log.append([appendOf([seedingStarted(9)], 1), appendOf([failing], 2)])).rejects.toThrow(
      'Cannot commit',
    )
    expect(log.head()).toBe(1)
    expect(await log.append([appendOf([seedingStarted(2)], 1)])).toMatchObject([{ ok: true }])
    expect((await live).map(({ event }) => event)).toEqual([seedingStarted(1), seedingStarted(2)])
    expect(await log.verify()).toBeNull()
  })
})

describe('a second writer', () => {
  test('that ignored the lock is not overwritten, and followers of both miss nothing', async () => {
    const file = temporaryLogFile()
    const one = openTemporaryLog({ file })
    const other = openTemporaryLog({ file })
    const all = take(one.tail(BEFORE_ALL, new AbortController().signal), 3)
    await one.append([appendOf([seedingStarted(1)], 0)])
    expect(await other.append([appendOf([seedingStarted(2)], 0)])).toMatchObject([{ error: { found: 1 } }])
    await other.append([appendOf([seedingStarted(2)], 1)])
    await one.append([appendOf([seedingStarted(3)], 2)])
    expect((await all).map(({ position }) => position)).toEqual([1, 2, 3])
    expect(await one.verify()).toBeNull()
  })
})

describe('a reader', () => {
  test('sees what was appended, and cannot write', async () => {
    const file = temporaryLogFile()
    const log = openTemporaryLog({ file, projections: [servedCount] })
    const reader = openReader<{ served_count: { community_id: string; served: number } }>(file)
    await log.append([appendOf([seedingStarted(1), seedingStarted(2)], 0)])
    expect(await reader.selectFrom('served_count').selectAll().execute()).toEqual([
      { community_id: communityNumber(1), served: 2 },
    ])
    await expect(reader.deleteFrom('served_count').execute()).rejects.toThrow('readonly')
    await reader.destroy()
    const db = openReadOnly(file)
    expect(() => db.exec('drop table served_count')).toThrow('readonly')
    db.close()
  })
})

function insertAt(position: string, or = ''): string {
  return `insert ${or} into event select ${position}, stream, version, id, type, schema_version, recorded_at, actor,
    correlation_id, causation_id, data, leaf, link from event where position = 2`
}
