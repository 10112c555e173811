import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Connection, openReadOnly, openWriter } from '../../src/events/database.ts'
import type { EventLog, Fault } from '../../src/events/event-log.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import { EVENT_COLUMNS, type EventRow } from '../../src/events/event-row.ts'
import { genesisLink, leafHash, nextLink } from '../../src/events/hash-chain.ts'
import { BEFORE_ALL, type LogId } from '../../src/events/recorded-event.ts'
import { appendOf, seedingStarted, streamNumber } from '../support/sample-events.ts'
import { openTemporaryLog, temporaryLogFile } from '../support/temporary-log.ts'

/** A log of six events in two streams, after somebody went at its file past the triggers. */
async function tampered(tamper: (db: Connection, logId: LogId) => void): Promise<Fault | null> {
  const file = temporaryLogFile()
  const log = openTemporaryLog({ file })
  await fill(log)
  expect(await log.verify()).toBeNull()
  const db = openWriter(file)
  db.exec('drop trigger event_is_never_updated; drop trigger event_is_never_deleted')
  db.exec('drop trigger event_is_only_appended')
  tamper(db, log.logId)
  db.close()
  return log.verify()
}

async function fill(log: EventLog): Promise<void> {
  await log.append([1, 2, 3].map((number) => appendOf([seedingStarted(number)], number - 1)))
  await log.append([1, 2, 3].map((number) => appendOf([seedingStarted(number, 2)], number - 1)))
}

/** How SQLite tells of each column after the position what it is. */
const HEADER_BYTES = 13

/** The leaf and the link of an event, as they stand in the file. */
function hashesAt(file: string, position: number): Buffer {
  const db = openReadOnly(file)
  const select = db.prepare<[number], Buffer>('select cast(leaf || link as blob) from event where position = ?').pluck()
  const hashes = select.get(position)
  db.close()
  return hashes ?? expect.unreachable()
}

const run = (sql: string) => (db: Connection) => {
  db.exec(sql)
}

/** Makes leaves, links and head fit whatever the rows are now, as somebody would who knows how. */
function rechain(db: Connection, logId: LogId): void {
  let link = genesisLink(logId)
  const rows = db.prepare<[], EventRow>(`select ${EVENT_COLUMNS} from event order by position`).raw().all()
  for (const row of rows) {
    const leaf = leafHash(row)
    link = nextLink(link, leaf)
    db.prepare('update event set leaf = ?, link = ? where position = ?').run(leaf, link, row[0])
  }
  db.prepare('update log_head set link = ?, position = ?').run(link, rows.at(-1)?.[0] ?? 0)
}

describe('verify', () => {
  test.each([
    ['stream', "'node'"],
    ['version', '9'],
    ['id', "'x'"],
    ['type', "'Unseeded'"],
    ['schema_version', '2'],
    ['recorded_at', 'recorded_at + 1'],
    ['actor', "'cli'"],
    ['correlation_id', "'x'"],
    ['causation_id', "'x'"],
    ['data', "'{}'"],
    ['leaf', 'zeroblob(32)'],
    ['link', 'zeroblob(32)'],
  ])('finds a changed %s', async (column, value) => {
    expect(await tampered(run(`update event set ${column} = ${value} where position = 2`))).toEqual({
      position: 2,
      code: 'CHANGED',
    })
  })

  test('finds a flipped bit in what tells of the columns of a row how long they are, and of which type', async () => {
    const file = temporaryLogFile()
    const log = openTemporaryLog({ file })
    await fill(log)
    await log.close()
    const bytes = readFileSync(file)
    // Behind the type of the position, which SQLite reads from elsewhere.
    const row = bytes.lastIndexOf(streamNumber(1), bytes.indexOf(hashesAt(file, 3)))
    for (let bit = 0; bit < HEADER_BYTES * 8; bit += 1) {
      const [place, flipped] = [row - 1 - Math.floor(bit / 8), Buffer.from(bytes)]
      flipped.writeUInt8(flipped.readUInt8(place) ^ (1 << (bit % 8)), place)
      writeFileSync(file, flipped)
      const reader = new EventReader(file)
      const verified = await reader.verify()
      reader.close()
      expect(verified, `bit ${bit}`).toEqual({ ok: false, error: { position: 3, code: 'CHANGED' } })
    }
  })

  test.each([1, 3, 5])('finds that event %d was removed', async (position) => {
    expect(await tampered(run(`delete from event where position = ${position}`))).toEqual({ position, code: 'MISSING' })
  })

  test('finds that two events were swapped, with their hashes or without', async () => {
    const swap = `update event set position = 99 where position = 2;
      update event set position = 2 where position = 3; update event set position = 3 where position = 99;
      update sqlite_sequence set seq = 6`
    expect(await tampered(run(swap))).toEqual({ position: 2, code: 'CHANGED' })
    const refitted = (db: Connection): void => {
      db.exec(swap)
      for (const row of db.prepare<[], EventRow>(`select ${EVENT_COLUMNS} from event`).raw().all()) {
        db.prepare('update event set leaf = ? where position = ?').run(leafHash(row), row[0])
      }
    }
    expect(await tampered(refitted)).toEqual({ position: 2, code: 'CHANGED' })
  })

  test('finds that the tail was cut off, whichever witness is left', async () => {
    const cut = 'delete from event where position > 4;'
    const fault = { position: 5, code: 'CUT_OFF' }
    const headBack = 'update log_head set position = 4, link = (select link from event where position = 4);'
    expect(await tampered(run(cut))).toEqual(fault)
    expect(await tampered(run(cut + headBack))).toEqual(fault)
    expect(await tampered(run(`${cut}update sqlite_sequence set seq = 4`))).toEqual(fault)
    expect(await tampered(run('delete from event'))).toEqual({ position: 1, code: 'CUT_OFF' })
  })

  test('finds a gap in the versions of a stream, though the chain fits', async () => {
    const fault = await tampered((db, logId) => {
      db.exec('update event set version = 9 where position = 6')
      rechain(db, logId)
    })
    expect(fault).toEqual({ position: 6, code: 'VERSION_GAP' })
  })

  test('finds a head that is not that of the last event', async () => {
    const fault = { position: 6, code: 'HEAD_MISMATCH' }
    expect(await tampered(run('update log_head set link = zeroblob(32)'))).toEqual(fault)
    expect(await tampered(run('update log_head set position = 5'))).toEqual(fault)
    expect(await tampered(run('delete from log_head'))).toEqual({ position: BEFORE_ALL, code: 'HEAD_MISMATCH' })
  })

  test('finds that the events are those of another log', async () => {
    const fault = await tampered((db) => rechain(db, '00000000-0000-4000-8000-000000000000' as LogId))
    expect(fault).toEqual({ position: 1, code: 'CHANGED' })
  })

  test('is not misled by what is appended meanwhile', async () => {
    const log = openTemporaryLog()
    const events = Array.from({ length: 1200 }, (_, number) => seedingStarted(number))
    await log.append([{ ...appendOf([seedingStarted(0)], 0), events }])
    const verdict = log.verify()
    await log.append([appendOf([seedingStarted(0)], 1200)])
    expect(await verdict).toBeNull()
  })
})
