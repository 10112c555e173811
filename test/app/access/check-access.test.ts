import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkAccess } from '../../../src/app/access/check-access.ts'
import { isLoopback, urlOnThisMachine } from '../../../src/app/access/listening.ts'
import type { Settings } from '../../../src/app/settings.ts'
import { openStores, type Stores } from '../../../src/app/stores.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { tokenCreated, tokenRevoked } from '../../support/token-facts.ts'
import { valueOf } from '../../support/value-of.ts'

const REACHABLE = { SEEDBANK_HOST: '0.0.0.0', SEEDBANK_DATA_DIR: '/data' }

async function open(): Promise<Stores> {
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  return valueOf(await openStores(join(createTemporaryFolder(), 'data'), closing))
}

function settingsOf(environment: Record<string, string>): Settings {
  return valueOf(parseSettings([], environment))
}

describe('a node', () => {
  test('starts on a loopback address with nothing set up, and needs a token there only if told so', async () => {
    const stores = await open()
    const check = async (environment: Record<string, string>) =>
      valueOf(await checkAccess(settingsOf(environment), stores, systemClock.now)).isRequired
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
      expect(await check({ SEEDBANK_HOST: host })).toBe(false)
      expect(await check({ SEEDBANK_HOST: host, SEEDBANK_AUTH: 'required' })).toBe(true)
    }
  })

  test('starts where other machines reach it only once somebody could be let in, and says what to do', async () => {
    const stores = await open()
    const now = systemClock.now()
    const check = async (host = '0.0.0.0') =>
      checkAccess(settingsOf({ ...REACHABLE, SEEDBANK_HOST: host }), stores, () => now)
    for (const host of ['0.0.0.0', '::', '192.0.2.1', '2001:db8::1', '::ffff:127.0.0.1']) {
      const refused = await check(host)
      expect(refused).toMatchObject({ ok: false, error: { type: 'AuthenticationMissing' } })
      expect(refused.ok ? '' : refused.error.message).toMatch(/seedbank token create --role admin --data-dir "\/data"/)
    }
    const soon = (now + 1) as UnixMillis
    await recordFacts(stores.log, [tokenCreated(1), tokenRevoked(1)])
    expect((await check()).ok).toBe(false)
    await recordFacts(stores.log, [tokenCreated(2, { expiresAt: now })])
    expect(valueOf(await check())).toEqual({
      isRequired: true,
      verifyJwt: null,
      isolation: expect.stringMatching(/all tokens have expired, .* seedbank token create --role admin/),
    })
    await recordFacts(stores.log, [tokenCreated(3, { expiresAt: soon })])
    expect(valueOf(await check())).toEqual({ isRequired: true, verifyJwt: null, isolation: null })
  })

  test('takes localhost for what it stands for, and not for its name', async () => {
    const stores = await open()
    const settings = settingsOf({ SEEDBANK_HOST: 'localhost', SEEDBANK_DATA_DIR: '/data' })
    const check = async (...addresses: string[]) =>
      (await checkAccess(settings, stores, systemClock.now, async () => addresses)).ok
    expect(await check('127.0.0.1', '::1')).toBe(true)
    for (const elsewhere of [['192.0.2.2'], ['127.0.0.1', '192.0.2.2'], []])
      expect(await check(...elsewhere)).toBe(false)
  })

  test('counts as reached where it has a name for others, as a proxy may not say that it is one', async () => {
    const stores = await open()
    const check = async (environment: Record<string, string>) =>
      checkAccess(settingsOf({ SEEDBANK_DATA_DIR: '/data', ...environment }), stores, systemClock.now)
    expect(await check({ SEEDBANK_PUBLIC_URL: 'https://seedbank.example' })).toMatchObject({
      error: { message: expect.stringMatching(/^Other machines reach the API by https:\/\/seedbank.example, and/) },
    })
    expect((await check({ SEEDBANK_ALLOWED_HOSTS: 'seedbank.example' })).ok).toBe(false)
    const pages = { SEEDBANK_ALLOWED_ORIGINS: 'http://localhost:5173,https://frontend.example' }
    expect(await check(pages)).toMatchObject({
      error: { message: expect.stringMatching(/^Other machines reach the API through pages of https:\/\/frontend/) },
    })
    const own = { SEEDBANK_ALLOWED_ORIGINS: 'http://localhost:5173,http://127.0.0.1:1,http://[::1]:2' }
    expect(valueOf(await check(own)).isRequired).toBe(false)
    for (const url of ['http://127.0.0.1:4000', 'http://[::1]:4000', 'http://localhost']) {
      expect(valueOf(await check({ SEEDBANK_PUBLIC_URL: url })).isRequired).toBe(false)
    }
  })

  test('starts there too with an issuer of tokens, whose keys must be keys', async () => {
    const stores = await open()
    const file = join(createTemporaryFolder(), 'jwks.json')
    const issuer = { SEEDBANK_JWT_ISSUER: 'i', SEEDBANK_JWT_AUDIENCE: 'a', SEEDBANK_JWKS: file }
    const check = async () => checkAccess(settingsOf({ ...REACHABLE, ...issuer }), stores, systemClock.now)
    expect(await check()).toMatchObject({ ok: false, error: { type: 'KeySetUnusable' } })
    writeFileSync(file, '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}')
    expect(valueOf(await check())).toEqual({ isRequired: true, verifyJwt: expect.any(Function), isolation: null })
  })
})

test('what runs on the same machine is told an address that answers there', () => {
  const urls = ['0.0.0.0', '::', '::1', '192.0.2.1', 'localhost'].map((host) => urlOnThisMachine({ host, port: 4000 }))
  expect(urls).toEqual([
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
    'http://[::1]:4000',
    'http://192.0.2.1:4000',
    'http://localhost:4000',
  ])
  expect(['127.0.0.1.evil.example', '0.0.0.0', '::', 'localhost'].some(isLoopback)).toBe(false)
})
