import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { createTokenOf, listTokens, revokeTokenOf } from '../../src/app/access/manage-tokens.ts'
import { makeCheckpoint } from '../../src/app/audit/make-checkpoint.ts'
import { decideParked } from '../../src/app/parking-wishes.ts'
import { recordFile } from '../../src/app/recording/record-file.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { openReadOnly } from '../../src/events/database.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { ask } from '../support/graphql-request.ts'
import { LOOPBACK } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const SEND_NO_TOKEN = {}

test('a node that other machines reach starts with a token, and lets in who shows one, and its own command line', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const settings = valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_HOST: '0.0.0.0', SEEDBANK_DATA_DIR: dataDir }))
  expect(await startApp(settings)).toMatchObject({ ok: false, error: { type: 'AuthenticationMissing' } })

  const made = await runSeedbank('token', 'create', '--role', 'admin', '--expires', 'never', '--data-dir', dataDir)
  expect(made).toMatchObject({
    code: 0,
    errors: expect.stringMatching(/^Token [0-9a-f]{16} \(admin\), good until it is/),
  })
  const admin = { authorization: `Bearer ${made.out.trim()}` }

  const app = valueOf(await startApp(settings))
  onTestFinished(async () => app.stop())
  expect(app.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const url = `${app.url}/graphql`
  const LIST = '{ tokens { edges { node { tokenId state createdBy } } } }'
  expect((await ask(url, LIST, {}, SEND_NO_TOKEN)).errors).toHaveLength(1)
  expect((await ask(url, LIST, {}, admin)).data).toMatchObject({
    tokens: { edges: [{ node: { state: 'ACTIVE', createdBy: 'cli' } }] },
  })

  // What the command line does through the server, it may do.
  const input = { role: 'VIEWER', communityIds: [COMMUNITY], expiresAt: null } as const
  const viewer = valueOf(await createTokenOf(dataDir, input, systemClock.now))
  const show = async () =>
    (await ask(url, '{ status { version } }', {}, { authorization: `Bearer ${viewer.secret}` })).status
  expect(await show()).toBe(200)
  valueOf(await revokeTokenOf(dataDir, viewer.tokenId))
  const headers = { authorization: `Bearer ${viewer.secret}`, 'content-type': 'application/json' }
  const shown = await fetch(url, { method: 'POST', headers })
  expect([shown.status, await shown.text()]).toEqual([401, `Token ${viewer.tokenId} was revoked: ask for another.\n`])
  expect(valueOf(await listTokens(dataDir)).map(({ revokedAt }) => revokedAt !== null)).toEqual([false, true])
  const wrong = await createTokenOf(dataDir, { ...input, role: 'ADMIN' }, systemClock.now)
  expect(wrong).toMatchObject({ ok: false, error: { message: expect.stringMatching(/^ADMIN concerns the node/) } })
  expect(valueOf(await makeCheckpoint(dataDir)).size).toBeGreaterThan(0)
  const parked = await decideParked(dataDir, { type: 'RetryParked', reactor: 'seeding', communityId: COMMUNITY })
  expect(parked).toMatchObject({ ok: false, error: { message: expect.stringMatching(/is not known to this node/) } })
  const file = join(import.meta.dirname, 'reachable-node.test.ts')
  const progress = { onProgress: () => undefined, onRejected: () => undefined }
  const recorded = await recordFile({ file, strict: false, dataDir, communityId: COMMUNITY, ...progress })
  expect(recorded).toMatchObject({
    ok: false,
    error: { message: expect.stringMatching(/does not know the community/) },
  })

  const log = openReadOnly(join(dataDir, 'seedbank.db'))
  onTestFinished(() => void log.close())
  const actors = log.prepare("select distinct actor from event where type like 'Token%' or type = 'CheckpointSigned'")
  expect(actors.pluck().all()).toEqual(['cli'])
  const { secret } = JSON.parse(readFileSync(join(dataDir, 'runtime.json'), 'utf8')) as { readonly secret: string }
  expect((await ask(url, LIST, {}, { authorization: `Bearer ${secret}` })).data).not.toBeNull()
}, 60_000)
