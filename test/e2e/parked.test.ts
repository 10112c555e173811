import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { openStores } from '../../src/app/stores.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { recordFacts } from '../support/record-facts.ts'
import { LOOPBACK } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { addSmallCommunity } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

test('parked work is listed, retried and skipped on the command line, beside a server and without one', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const at = ['--data-dir', dataDir]
  const stores = new AsyncDisposableStack()
  const opened = valueOf(await openStores(dataDir, stores))
  const communityId = await addSmallCommunity(opened, 1)
  const work = { code: 'FILES_MISSING', failures: 20 } as const
  for (const reactor of ['repairing', 'dispatching'] as const) {
    await recordFacts(opened.log, [{ type: 'ReactorParked', communityId, data: { reactor, ...work } }])
  }
  await stores.disposeAsync()

  const listed = await runSeedbank('parked', ...at)
  expect(listed).toMatchObject({ code: 0, errors: '' })
  expect(listed.out).toMatch(
    new RegExp(`^dispatching  ${communityId}  FILES_MISSING, failed 20 times, since .+Z\\nrepairing `),
  )
  expect(await runSeedbank('skip', 'dispatching', communityId, ...at)).toMatchObject({ code: 0, errors: '' })

  const app = valueOf(await startApp(valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))))
  onTestFinished(async () => app.stop())
  const [one] = JSON.parse((await runSeedbank('parked', '--json', ...at)).out) as readonly unknown[]
  expect(one).toMatchObject({ reactor: 'repairing', communityId, ...work })
  expect(await runSeedbank('retry', 'repairing', communityId, ...at)).toMatchObject({ code: 0, errors: '' })
  const refused = await runSeedbank('retry', 'repairing', communityId, ...at)
  expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('no work of this kind parked') })
}, 60_000)
