import Database from 'better-sqlite3'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { projections } from '../../src/projections/read-models.ts'
import { openEventLog } from '../../src/events/sqlite-event-log.ts'
import { startNodeProcess } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { appendOf, seedingStarted } from '../support/sample-events.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** A data directory whose log has five events. */
let dataDir: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'seedbank-'))
  const log = openEventLog({ file: join(dataDir, 'seedbank.db'), projections })
  await log.append([1, 2, 3, 4, 5].map((number) => appendOf([seedingStarted(number)], number - 1)))
  await log.close()
})

afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

/** A copy that somebody went at, past the triggers. */
function copyTampered(sql: string): string {
  const copy = createTemporaryFolder()
  cpSync(dataDir, copy, { recursive: true })
  const db = new Database(join(copy, 'seedbank.db'))
  const triggers = db
    .prepare<[], [string, string]>("select name, sql from sqlite_master where type = 'trigger'")
    .raw()
    .all()
  for (const [name] of triggers) db.exec(`drop trigger ${name}`)
  db.exec(sql)
  for (const [, create] of triggers) db.exec(create)
  db.close()
  return copy
}

function headLinkOf(folder: string): string | undefined {
  const db = new Database(join(folder, 'seedbank.db'), { readonly: true })
  const link = db.prepare<[], string>('select lower(hex(link)) from event order by position desc').pluck().get()
  db.close()
  return link
}

describe('verify-log', { timeout: 60_000 }, () => {
  test('prints the head of a log that is whole', async () => {
    const { code, out, errors } = await runSeedbank('verify-log', '--data-dir', dataDir)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(out.split('\n')).toEqual([
      `5 events, chain whole, head 5 ${headLinkOf(dataDir)}`,
      '0 receipts of wishes, all in order',
      `${projections.length} read models, as a rebuild up to position 5 makes them`,
      '0 versions of archives, files as recorded',
      '',
    ])
  })

  test.each([
    ['changed', "update event set actor = 'cli' where position = 3", 'CHANGED at position 3'],
    ['gone', 'delete from event where position = 2', 'MISSING at position 2'],
    ['cut off', 'delete from event where position > 4', 'CUT_OFF at position 5'],
  ])('tells where an event was %s', async (_what, sql, says) => {
    const { code, out, errors } = await runSeedbank('verify-log', '--data-dir', copyTampered(sql))
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(errors.split('\n')[0]).toBe(`The log is not what was written: ${says}`)
  })

  test('names read models that are not what the log says, also as JSON', async () => {
    const copy = copyTampered('alter table runs add column more text')
    const { code, errors } = await runSeedbank('verify-log', '--data-dir', copy)
    expect({ code, errors }).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/table runs: is not there, or has other columns\n +Mend them: seedbank rebuild\n/),
    })
    const asJson = await runSeedbank('verify-log', '--json', '--data-dir', copy)
    expect(JSON.parse(asJson.out)).toMatchObject({
      fault: null,
      position: 5,
      projections: { differences: [{ table: 'runs' }] },
    })
  })

  test('refuses a folder without a log, and makes none', async () => {
    const folder = createTemporaryFolder()
    const file = join(folder, 'seedbank.db')
    const { code, errors } = await runSeedbank('verify-log', '--data-dir', folder)
    expect({ code, errors }).toEqual({
      code: 2,
      errors: `There is no log ${file}: name the folder of one with --data-dir or SEEDBANK_DATA_DIR\n`,
    })
    writeFileSync(file, 'no database')
    const other = await runSeedbank('verify-log', '--data-dir', folder)
    expect(other).toMatchObject({ code: 1, errors: expect.stringMatching(/^Cannot verify the log in "[^\n]+\n$/) })
  })

  test('works beside a node that runs', async () => {
    const folder = join(createTemporaryFolder(), 'data')
    const node = await startNodeProcess(folder)
    onTestFinished(async () => void (await node.stop('SIGKILL')))
    const { code, out, errors } = await runSeedbank('verify-log', '--data-dir', folder)
    expect({ code, errors, line: out.split('\n')[0] }).toEqual({
      code: 0,
      errors: '',
      line: `1 events, chain whole, head 1 ${headLinkOf(folder)}`,
    })
  })
})
