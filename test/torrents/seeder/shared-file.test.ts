import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSharedFiles } from '../../../src/torrents/seeder/shared-file.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

test('a file that was exchanged for its copy is opened anew, and what is open reads on', async () => {
  const path = join(createTemporaryFolder(), 'data.0')
  writeFileSync(path, 'version one')
  const shared = createSharedFiles()
  const one = await shared.open(path)
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
  appendFileSync(path, ' and two')
  const two = await shared.open(path)
  expect(String(await two.read(0, 100))).toBe('version one and two')
  await two.release()
  expect(String(await one.read(0, 100))).toBe('version one')
  await one.release()
})
