import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rebuildLog } from '../../../src/app/rebuild/rebuild-log.ts'
import { openEventLog } from '../../../src/events/sqlite-event-log.ts'
import { projections } from '../../../src/projections/read-models.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { appendOf, seedingStarted } from '../../support/sample-events.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

const facts = [1, 2, 3].map((number) => seedingStarted(number))

test('rebuilds under the lock where no server runs', async () => {
  const dataDir = createTemporaryFolder()
  const log = openEventLog({ file: join(dataDir, 'seedbank.db'), projections })
  await log.append(facts.map((fact, version) => appendOf([fact], version)))
  await log.close()
  const ended = valueOf(await rebuildLog(dataDir, () => undefined))
  expect(ended).toMatchObject({ state: 'FINISHED', position: 3 })
})

test('asks the server that runs, and makes no log where there is none', async () => {
  const { dataDir, stores, url } = await openApi()
  await recordFacts(stores.log, facts)
  expect(await rebuildLog(dataDir, () => undefined)).toMatchObject({ ok: false, error: { type: 'RebuildRefused' } })
  writeFileSync(join(dataDir, 'runtime.json'), JSON.stringify({ pid: 1, url: url.replace(/\/graphql$/, '') }))
  const ended = valueOf(await rebuildLog(dataDir, () => undefined))
  expect(ended).toMatchObject({ state: 'FINISHED', position: 3, headPosition: 3, error: null })
  const empty = join(createTemporaryFolder(), 'empty')
  mkdirSync(empty)
  expect(await rebuildLog(empty, () => undefined)).toMatchObject({ ok: false, error: { type: 'RebuildRefused' } })
})
