import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { verifyWhole } from '../../../src/app/audit/verify-whole.ts'
import { rebuildInThread, type RebuildWork } from '../../../src/app/rebuild/rebuild-in-thread.ts'
import { createRebuilds, type Rebuilds } from '../../../src/app/rebuild/rebuilds.ts'
import { openStores } from '../../../src/app/stores.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { openReadOnly, type Connection } from '../../../src/events/database.ts'
import { projections } from '../../../src/projections/read-models.ts'
import { appendsOfLife } from '../../support/appends-of-life.ts'
import { disarm } from '../../support/forgeries.ts'
import { meddleWithRow } from '../../support/meddle-with-row.ts'
import { nodeLife } from '../../support/node-play.ts'
import { openNode, type OpenNode } from '../../support/open-node.ts'
import { dumpTables } from '../../support/dump-tables.ts'
import { appendOf, seedingStarted } from '../../support/sample-events.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'

const tables = projections.flatMap((projection) => projection.tables)

/** Lives that have rows in several read models, the same in each run. */
const lives = fc.sample(nodeLife, { seed: 5, numRuns: 4 })

async function openLived(life = lives[0]): Promise<{ node: OpenNode; faults: unknown[]; rebuilds: Rebuilds }> {
  const node = openNode()
  await node.log.append(appendsOfLife(life?.appends ?? []))
  const faults: unknown[] = []
  const now = (): UnixMillis => 1000 as UnixMillis
  const rebuilds = createRebuilds({ dataDir: node.folder, log: node.log, now, onFailed: (fault) => faults.push(fault) })
  onTestFinished(async () => rebuilds.stop())
  return { node, faults, rebuilds }
}

function meddle(node: OpenNode, work: (db: Connection) => void): void {
  const db = new Database(node.file)
  work(db)
  db.close()
}

/** Removes all rows of a table, or one, or changes one. */
function disturb(db: Connection, table: string, how: number): void {
  const column = db.prepare<[string], string>('select name from pragma_table_info(?) where pk = 0').pluck().get(table)
  if (how === 0) db.exec(`delete from "${table}"`)
  else meddleWithRow(db, table, how === 1 ? null : (column ?? null))
}

function dump(node: OpenNode): Record<string, readonly string[]> {
  const db = openReadOnly(node.file)
  try {
    return dumpTables(db, tables)
  } finally {
    db.close()
  }
}

/** Keeps appending, one event a transaction, until it is told to stop. */
function keepAppending(node: OpenNode): () => Promise<number> {
  let isOver = false
  const work = async (): Promise<number> => {
    let version = 0
    while (!isOver) {
      valueOf((await node.log.append([appendOf([seedingStarted(version, 9)], version)]))[0] ?? expect.unreachable())
      version += 1
      await setImmediate()
    }
    return version
  }
  const ended = work()
  return async () => {
    isOver = true
    return ended
  }
}

test.each(lives)('mends whatever rows were disturbed, and tells how far it came', async (life) => {
  const { node, rebuilds } = await openLived(life)
  const before = dump(node)
  meddle(node, (db) => tables.forEach((table, index) => disturb(db, table, index % 3)))
  expect(dump(node)).not.toEqual(before)
  const { rebuild, ended } = valueOf(rebuilds.begin())
  expect(rebuild).toMatchObject({ state: 'REBUILDING', position: 0, headPosition: node.log.head() })
  expect(rebuilds.begin()).toEqual({ ok: false, error: { type: 'RebuildIsRunning' } })
  const done = await ended
  expect(done).toMatchObject({ state: 'FINISHED', position: node.log.head(), finishedAt: 1000, error: null })
  expect(rebuilds.rebuild()).toEqual(done)
  expect(dump(node)).toEqual(before)
  expect(existsSync(join(node.folder, 'rebuild.db'))).toBe(false)
  expect(valueOf(rebuilds.begin()).rebuild.state).toBe('REBUILDING')
})

test('makes tables anew that are gone, or have other columns', async () => {
  const { node, rebuilds } = await openLived()
  const before = dump(node)
  meddle(node, (db) => db.exec('drop table communities; drop table parked; alter table versions add column more text'))
  const compared = async () =>
    valueOf(await verifyWhole(node.folder)).projections?.differences.map(({ table }) => table) ?? []
  expect((await compared()).toSorted()).toEqual(['communities', 'parked', 'versions'])
  expect(await valueOf(rebuilds.begin()).ended).toMatchObject({ state: 'FINISHED', error: null })
  expect(dump(node)).toEqual(before)
  expect(await compared()).toEqual([])
  // What was prepared for the tables of before goes on with these.
  valueOf((await node.log.append([appendOf([seedingStarted(1, 9)], 0)]))[0] ?? expect.unreachable())
})

test('goes on while others append and read: all that was appended is in it, and no read finds nothing', async () => {
  const { node, rebuilds } = await openLived()
  const reader = openReadOnly(node.file)
  onTestFinished(() => void reader.close())
  const count = reader.prepare<[], number>('select count(*) from communities').pluck()
  const least = count.get() ?? 0
  expect(least).toBeGreaterThan(0)
  const stop = keepAppending(node)
  const { ended } = valueOf(rebuilds.begin())
  let isOver = false
  void ended.finally(() => (isOver = true))
  while (!isOver) {
    expect(count.get()).toBeGreaterThanOrEqual(least)
    await setImmediate()
  }
  const appended = await stop()
  expect(appended).toBeGreaterThan(0)
  expect((await ended).state).toBe('FINISHED')
  const report = valueOf(await verifyWhole(node.folder))
  expect(report.projections).toMatchObject({ position: node.log.head(), differences: [] })
})

test('one that fails leaves the old rows, says why, and lets appends go on', async () => {
  const { node, faults, rebuilds } = await openLived()
  meddle(node, (db) => {
    disarm(db)
    db.exec("update event set data = 'null' where type = 'CommunityAdded'")
  })
  const before = dump(node)
  const { state, error, finishedAt } = await valueOf(rebuilds.begin()).ended
  expect({ state, finishedAt }).toEqual({ state: 'FAILED', finishedAt: 1000 })
  expect(error).toMatch(/^Cannot rebuild the read models: Cannot project CommunityAdded at position \d+ into "\w+"/)
  expect(faults).toHaveLength(1)
  expect(dump(node)).toEqual(before)
  valueOf(await node.execute({ type: 'SetOnline', online: false }, metaOf()))
})

test('a thread that dies while appends wait leaves the old rows, and appends go on', async () => {
  const { node } = await openLived()
  const before = dump(node)
  const dying = new AbortController()
  const whileHeld: RebuildWork['log']['whileHeld'] = async (work) =>
    node.log.whileHeld(async () => {
      dying.abort()
      return work()
    })
  const [onProgress, onSwapping] = [(): void => undefined, (): void => undefined]
  const work = { dataDir: node.folder, log: { whileHeld }, onProgress, onSwapping, signal: dying.signal }
  await expect(rebuildInThread(work)).rejects.toThrow('it was broken off')
  expect(dump(node)).toEqual(before)
  expect(existsSync(join(node.folder, 'rebuild.db'))).toBe(false)
  valueOf(await node.execute({ type: 'SetOnline', online: false }, metaOf()))
})

test('what a process that was killed left of one is gone after the next start', async () => {
  const { node } = await openLived()
  await node.close()
  writeFileSync(join(node.folder, 'rebuild.db'), 'half a database')
  await using closing = new AsyncDisposableStack()
  valueOf(await openStores(node.folder, closing))
  expect(existsSync(join(node.folder, 'rebuild.db'))).toBe(false)
})
