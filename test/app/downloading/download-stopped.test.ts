import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DownloadStop } from '../../../src/app/downloading/download-stopped.ts'
import { createNodeLog } from '../../../src/app/node-log.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

test("what was wrong with what a download fetched is in the node's own log", () => {
  const file = join(createTemporaryFolder(), 'log')
  createNodeLog('warn', file).warn({ err: new DownloadStop('INDEX_MALFORMED', { offset: 7 }, 'OVERLAPPING') })
  const line = JSON.parse(readFileSync(file, 'utf8')) as object
  expect(line).toMatchObject({ err: { code: 'INDEX_MALFORMED', numbers: { offset: 7 }, reason: 'OVERLAPPING' } })
})
