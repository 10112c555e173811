import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openReadOnly } from '../../src/events/database.ts'
import type { Projection } from '../../src/events/projection.ts'
import { rebuildInto } from '../../src/events/projection-runner.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { dumpTables } from '../support/dump-tables.ts'
import { appendOf, communityNumber, infoHashNumber, seedingStarted } from '../support/sample-events.ts'
import { failingAt, servedCount } from '../support/sample-projection.ts'
import { temporaryLogFile } from '../support/temporary-log.ts'

/** Opens the log with these projections, runs the work on it, and closes it again. */
async function session(
  file: string,
  projections: readonly Projection[],
  work: (log: ReturnType<typeof openEventLog>) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const log = openEventLog({ file, projections })
  await work(log)
  await log.close()
}

function query<Row>(file: string, sql: string): Row[] {
  const db = openReadOnly(file)
  const rows = db.prepare<[], Row>(sql).raw().all()
  db.close()
  return rows
}

const served = (file: string): unknown => query(file, 'select served from served_count')
const fillTo = (from: number, to: number) => async (log: ReturnType<typeof openEventLog>) => {
  const events = Array.from({ length: to - from }, (_, index) => seedingStarted(from + index))
  await log.append([{ ...appendOf([seedingStarted(0)], from), events }])
}

describe('at open', () => {
  test('a new projection is built from all that was recorded, and kept from there', async () => {
    const file = temporaryLogFile()
    await session(file, [], fillTo(0, 1500))
    await session(file, [servedCount], fillTo(1500, 1502))
    expect(served(file)).toEqual([[1502]])
  })

  test('one of the same version is left alone, one of another is rebuilt', async () => {
    const file = temporaryLogFile()
    await session(file, [servedCount], fillTo(0, 2))
    const raw = new Database(file)
    raw.exec('update served_count set served = 100')
    raw.close()
    await session(file, [servedCount])
    expect(served(file)).toEqual([[100]])
    await session(file, [{ ...servedCount, version: 2 }])
    expect(served(file)).toEqual([[2]])
  })

  test('one that the program no longer has goes, and is rebuilt when it is back', async () => {
    const file = temporaryLogFile()
    await session(file, [servedCount], fillTo(0, 2))
    await session(file, [], fillTo(2, 3))
    expect(query(file, "select 1 from sqlite_schema where name = 'served_count'")).toEqual([])
    expect(query(file, 'select * from projection_version')).toEqual([])
    await session(file, [servedCount])
    expect(served(file)).toEqual([[3]])
  })

  test('a rebuild that takes long tells how far it is', async () => {
    const file = temporaryLogFile()
    await session(file, [], fillTo(0, 3000))
    const told: (readonly number[])[] = []
    const clock = vi.spyOn(performance, 'now')
    onTestFinished(() => clock.mockRestore())
    let seconds = 0
    clock.mockImplementation(() => 1500 * seconds++)
    const onRebuilding = (position: number, head: number): unknown => told.push([position, head])
    await openEventLog({ file, projections: [servedCount], onRebuilding }).close()
    expect(told).toEqual([[2000, 3000]])
  })

  test('a rebuild that fails leaves the rows and the version as they were', async () => {
    const file = temporaryLogFile()
    await session(file, [servedCount], fillTo(0, 5))
    const broken = { ...failingAt(infoHashNumber(3)), version: 2 }
    expect(() => openEventLog({ file, projections: [broken] })).toThrow(
      'SeedingStarted at position 4 into "served_count"',
    )
    expect(served(file)).toEqual([[5]])
    expect(query(file, 'select name, version from projection_version')).toEqual([['served_count', 1]])
  })

  test('two with a name or a table in common are refused', () => {
    const file = temporaryLogFile()
    for (const other of [servedCount, { ...servedCount, name: 'other' }]) {
      expect(() => openEventLog({ file, projections: [servedCount, other] })).toThrow('in common')
    }
  })
})

test('rebuilt equals live, whatever happened', async () => {
  const step = fc.record({ community: fc.integer({ min: 1, max: 3 }), isServed: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const file = temporaryLogFile()
      const versions = new Map<number, number>()
      await session(file, [servedCount], async (log) => {
        for (const { community, isServed } of steps) {
          const communityId = communityNumber(community)
          const infoHash = infoHashNumber(1)
          const version = versions.get(community) ?? 0
          versions.set(community, version + 1)
          const event = isServed
            ? ({ type: 'SeedingStarted', communityId, data: { infoHash } } as const)
            : ({ type: 'Unseeded', communityId, data: { infoHash, reason: 'LEFT', code: null } } as const)
          await log.append([appendOf([event], version)])
        }
        const live = openReadOnly(file)
        const rebuilt = new Database(':memory:')
        await rebuildInto(rebuilt, [servedCount], await log.read({ limit: 100 }))
        expect(dumpTables(rebuilt, servedCount.tables)).toEqual(dumpTables(live, servedCount.tables))
        live.close()
        rebuilt.close()
      })
    }),
    { numRuns: 15 },
  )
})
