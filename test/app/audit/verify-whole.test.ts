import Database from 'better-sqlite3'
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyWhole } from '../../../src/app/audit/verify-whole.ts'
import { openEventLog } from '../../../src/events/sqlite-event-log.ts'
import { projections } from '../../../src/projections/read-models.ts'
import { appendsOfLife } from '../../support/appends-of-life.ts'
import { fetchHistory, addCommunity, publishHistory } from '../../support/fetched-history.ts'
import { openRunStores } from '../../support/begun-run.ts'
import { meddleWithRow } from '../../support/meddle-with-row.ts'
import { nodeLife } from '../../support/node-play.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

const tables = projections.flatMap((projection) => projection.tables)

/** Of a log all of whose events are known. */
async function reportOf(dataDir: string, files: 'LENGTH' | 'HASH' = 'LENGTH') {
  const { projections: tablesReport, files: filesReport, ...report } = valueOf(await verifyWhole(dataDir, { files }))
  if (tablesReport === null || filesReport === null) return expect.unreachable()
  return { ...report, projections: tablesReport, files: filesReport }
}

function meddle(dataDir: string, sql: string): void {
  const db = new Database(join(dataDir, 'seedbank.db'))
  db.exec(sql)
  db.close()
}

function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = 0xff ^ (bytes[at] ?? 0)
  writeFileSync(file, bytes)
}

test('finds any row of a read model that was changed, removed or brought in, and no other', async () => {
  const folder = createTemporaryFolder()
  let lives = 0
  let meddled = 0
  await fc.assert(
    fc.asyncProperty(nodeLife, fc.nat(), fc.constantFrom('CHANGED', 'MISSING'), async ({ appends }, pick, kind) => {
      const dataDir = join(folder, `${lives++}`)
      mkdirSync(dataDir)
      const log = openEventLog({ file: join(dataDir, 'seedbank.db'), projections })
      await log.append(appendsOfLife(appends))
      await log.close()
      expect(await reportOf(dataDir)).toMatchObject({ projections: { differences: [] }, receipts: { count: 0 } })

      const db = new Database(join(dataDir, 'seedbank.db'))
      const filled = tables.filter((table) => db.prepare(`select 1 from "${table}"`).get() !== undefined)
      const table = filled[pick % filled.length]
      if (table === undefined) {
        db.close()
        return
      }
      const columns = db
        .prepare<[string], { name: string; pk: number }>('select * from pragma_table_info(?)')
        .all(table)
      const others = columns.filter(({ pk }) => pk === 0)
      const column = others[pick % others.length]?.name
      const key = columns.find(({ pk }) => pk === 1)?.name
      const changed = meddleWithRow(db, table, kind === 'MISSING' ? null : (column ?? null))
      db.close()
      if (!changed) return
      meddled += 1
      const { differences } = (await reportOf(dataDir)).projections
      expect(differences).toMatchObject([{ table, kind: 'ROWS', count: 1, rows: [{ kind }] }])
      expect(differences[0]?.rows[0]?.columns).toEqual(kind === 'MISSING' ? [] : [column])
      expect(Object.keys(differences[0]?.rows[0]?.key ?? {})).toContain(key)
    }),
    { numRuns: 12 },
  )
  expect(meddled).toBeGreaterThan(0)
}, 60_000)

describe('a control node with an archive', { timeout: 60_000 }, () => {
  test('is whole, and each fault is named where it is', async () => {
    const { dataDir, communityId, infoHash } = await publishHistory()
    expect(await reportOf(dataDir, 'HASH')).toMatchObject({
      projections: { differences: [], outdated: [] },
      files: { versions: 1, archives: 3, faults: [], unnamed: [] },
    })
    const folder = join(dataDir, 'archives', communityId)
    const [data, index, torrent] = [
      join(folder, 'data.1'),
      join(folder, infoHash, 'index'),
      join(folder, infoHash, 'torrent'),
    ]

    appendFileSync(data, 'more')
    writeFileSync(join(folder, 'data.9'), '')
    writeFileSync(join(dataDir, 'archives', 'stray'), '')
    const unnamed = [join(folder, 'data.1'), join(folder, 'data.9'), join(dataDir, 'archives', 'stray')]
    expect((await reportOf(dataDir)).files).toMatchObject({ faults: [], unnamed: unnamed.toSorted() })

    const damaged = Buffer.from('!')
    writeFileSync(index, damaged)
    rmSync(torrent)
    truncateSync(data, 204_800)
    expect((await reportOf(dataDir)).files.faults).toEqual([
      { path: data, code: 'TOO_SHORT' },
      { path: index, code: 'OTHER_LENGTH' },
      { path: torrent, code: 'MISSING' },
    ])
    writeFileSync(torrent, damaged)
    const hashed = (await reportOf(dataDir, 'HASH')).files.faults
    expect(hashed).toContainEqual({ path: torrent, code: 'OTHER_TORRENT' })
    expect(hashed).toContainEqual({ path: `${data} at 204800`, code: 'OTHER_HASH' })
  })

  test('has a byte of padding or index found that is another', async () => {
    const { dataDir, communityId, infoHash } = await publishHistory()
    const folder = join(dataDir, 'archives', communityId)
    const [data, index] = [join(folder, 'data.1'), join(folder, infoHash, 'index')]
    flipByte(data, 204_799)
    flipByte(index, 5)
    expect((await reportOf(dataDir, 'LENGTH')).files.faults).toEqual([])
    expect((await reportOf(dataDir, 'HASH')).files.faults).toEqual([
      { path: index, code: 'OTHER_HASH' },
      { path: `${data} at 0`, code: 'OTHER_HASH' },
    ])
  })

  test('has a receipt that names no event, or another actor’s, found', async () => {
    const { dataDir } = await publishHistory()
    const receipt = (key: string, actor: string, position: number): string =>
      `insert into receipt values ('${actor}', '${key}', 'X', '', 'null', ${position}, 0);`
    meddle(dataDir, receipt('good', 'local', 1) + receipt('none', 'local', 99) + receipt('other', 'peer:1', 1))
    expect((await reportOf(dataDir)).receipts).toEqual({
      receipts: 3,
      count: 2,
      faults: [
        { actor: 'local', key: 'none', position: 99, code: 'NO_EVENT' },
        { actor: 'peer:1', key: 'other', position: 1, code: 'OTHER_ACTOR' },
      ],
    })
  })

  test('has read models of another version named, and tables that were altered', async () => {
    const { dataDir } = await publishHistory()
    meddle(dataDir, "update projection_version set version = 9 where name = 'runs'; update runs set run_id = 'x'")
    meddle(dataDir, 'alter table versions add column more text')
    const { outdated, differences } = (await reportOf(dataDir)).projections
    expect(outdated).toEqual(['runs'])
    expect(differences).toEqual([{ table: 'versions', kind: 'OTHER_COLUMNS', rows: [], count: 0 }])
  })
})

test('of what a member fetched, only what its note says has to be there', { timeout: 60_000 }, async () => {
  const published = await publishHistory()
  const dataDir = createTemporaryFolder()
  const { stores, close } = await openRunStores(dataDir)
  await addCommunity(stores, published.communityId, 'MEMBER')
  const paths = await fetchHistory(stores, published, { wanted: published.archives.slice(0, 1) })
  await close()
  expect((await reportOf(dataDir, 'HASH')).files).toMatchObject({ versions: 1, faults: [], unnamed: [] })
  flipByte(paths.data, published.archives[0]?.offset ?? -1)
  const flipped = `${paths.data} at ${published.archives[0]?.offset}`
  expect((await reportOf(dataDir, 'HASH')).files.faults).toEqual([{ path: flipped, code: 'OTHER_HASH' }])
  rmSync(paths.data)
  expect((await reportOf(dataDir)).files.faults).toEqual([{ path: paths.data, code: 'MISSING' }])
  rmSync(paths.held)
  expect((await reportOf(dataDir)).files.faults).toEqual([{ path: paths.held, code: 'MISSING' }])
})
