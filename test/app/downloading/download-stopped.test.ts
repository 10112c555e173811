import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DownloadStop, requireRecorded } from '../../../src/app/downloading/download-stopped.ts'
import { createNodeLog } from '../../../src/telemetry/log/node-log.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

test("what was wrong with what a download fetched is in the node's own log", () => {
  const file = join(createTemporaryFolder(), 'log')
  createNodeLog({ logLevel: 'warn', logFormat: 'auto' }, file).warn({
    err: new DownloadStop('INDEX_MALFORMED', { offset: 7 }, 'OVERLAPPING'),
  })
  const line = JSON.parse(readFileSync(file, 'utf8')) as object
  expect(line).toMatchObject({ err: { code: 'INDEX_MALFORMED', numbers: { offset: 7 }, reason: 'OVERLAPPING' } })
})

test('what cannot be recorded of a download stops it, unless it ended meanwhile', () => {
  const told = err({ type: 'GenerationClosed' })
  const stop = expect.objectContaining({ code: 'INTERNAL', reason: 'GenerationClosed' }) as Error
  expect(() => requireRecorded(told)).toThrow(stop)
  expect(() => requireRecorded(err({ type: 'DownloadNotActive' }))).not.toThrow()
  expect(() => requireRecorded(ok(null))).not.toThrow()
})
