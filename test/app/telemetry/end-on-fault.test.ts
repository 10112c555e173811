import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { startNodeProcess } from '../../support/node-process.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const FAILING = pathToFileURL(join(import.meta.dirname, '../../support/fail-on-signal.mjs')).href

test('a rejection that nobody handled ends the process: it says why, in one line without secrets', async () => {
  const dataDir = createTemporaryFolder()
  const node = await startNodeProcess(dataDir, { NODE_OPTIONS: `--import=${FAILING}` })
  const { code, signal, errors } = await node.stop('SIGUSR2')

  expect({ code, signal }).toEqual({ code: 1, signal: null })
  const lines = errors.trim().split('\n')
  const fatal: unknown = JSON.parse(lines.at(-1) ?? '')
  expect(fatal).toMatchObject({
    level: 60,
    origin: 'unhandledRejection',
    err: { message: 'Nobody caught this, and it shows access_token=[hidden]' },
  })
  expect(errors).not.toContain('c2VjcmV0')
})
