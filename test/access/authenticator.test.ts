import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { makeToken } from '../../src/access/access-secret.ts'
import { createAuthenticator, type StoredToken } from '../../src/access/authenticator.ts'
import type { VerifyJwt } from '../../src/access/verify-jwt.ts'
import { EVERYTHING } from '../../src/domain/access.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { valueOf } from '../support/value-of.ts'

const HOUR_MS = 3_600_000
const RUNTIME_SECRET = 'sbr_secret'
const JWT = 'a.b.c'

function open(options: { readonly isRequired?: boolean; readonly verifyJwt?: VerifyJwt } = {}) {
  const clock = createMovableClock()
  const stored = new Map<string, StoredToken>()
  const faults: unknown[] = []
  const authenticator = createAuthenticator({
    isRequired: options.isRequired ?? false,
    runtimeSecret: RUNTIME_SECRET,
    readTokenByHash: async (hash) => stored.get(hash) ?? null,
    verifyJwt: options.verifyJwt ?? null,
    clock,
    onFault: (fault) => faults.push(fault),
  })
  const show = async (token: string | null, isForwarded = false) => authenticator.authenticate({ token, isForwarded })
  const makeStored = (change: Partial<StoredToken> = {}) => {
    const { tokenId, secret, hash } = makeToken()
    const grant = { role: 'VIEWER', communityIds: null } as const
    stored.set(hash, { tokenId, ...grant, expiresAt: null, revokedAt: null, ...change })
    return { tokenId, secret }
  }
  return { ...authenticator, clock, show, makeStored, faults }
}

describe('without a token', () => {
  test('whoever speaks from this machine is local, where no token is required', async () => {
    expect(await open().show(null)).toEqual(ok({ actor: 'local', grant: EVERYTHING, ended: null }))
  })

  test('nobody is, where one is required or a proxy passed the request on', async () => {
    expect(await open({ isRequired: true }).show(null)).toEqual(ok(null))
    expect(await open().show(null, true)).toEqual(ok(null))
  })
})

describe('the command line of this machine', () => {
  test('shows the secret of the process, and nobody else has it', async () => {
    const { show } = open({ isRequired: true })
    expect(await show(RUNTIME_SECRET)).toEqual(ok({ actor: 'cli', grant: EVERYTHING, ended: null }))
    expect(await show(`${RUNTIME_SECRET}x`)).toMatchObject({ ok: false, error: { type: 'TokenUnknown' } })
  })
})

describe('a token', () => {
  test('makes the same caller each time, whose actor is its id', async () => {
    const { show, makeStored } = open({ isRequired: true })
    const { tokenId, secret } = makeStored()
    const caller = valueOf(await show(secret))
    expect(caller).toMatchObject({ actor: `token:${tokenId}`, grant: { role: 'VIEWER', communityIds: null } })
    expect(valueOf(await show(secret, true))).toBe(caller)
  })

  test('that is unknown, empty or of another shape is refused, also where none is required', async () => {
    const { show, makeStored } = open()
    const { secret } = makeStored()
    for (const wrong of ['', 'x', JWT, makeToken().secret, `${secret}A`, secret.slice(0, -1)]) {
      expect(await show(wrong)).toMatchObject({ ok: false, error: { type: 'TokenUnknown' } })
    }
  })

  test('that is revoked ends its caller, and is refused from then on', async () => {
    const { show, makeStored, revoke } = open()
    const { tokenId, secret } = makeStored()
    const caller = valueOf(await show(secret))
    revoke(tokenId)
    expect(caller?.ended?.aborted).toBe(true)
    // The read model may still be as it was read before.
    expect(await show(secret)).toMatchObject({ ok: false, error: { type: 'TokenRevoked' } })
    const before = makeStored({ revokedAt: 1 as UnixMillis })
    expect(await show(before.secret)).toMatchObject({ ok: false, error: { type: 'TokenRevoked' } })
  })

  test('that expires ends its caller, and is refused from then on', async () => {
    const { show, makeStored, clock } = open()
    const expiresAt = (clock.now() + 90 * 24 * HOUR_MS) as UnixMillis
    const { secret } = makeStored({ expiresAt })
    const caller = valueOf(await show(secret))
    clock.advanceTo((expiresAt - 1) as UnixMillis)
    expect(caller?.ended?.aborted).toBe(false)
    expect(valueOf(await show(secret))).toBe(caller)
    clock.advanceTo(expiresAt)
    expect(caller?.ended?.aborted).toBe(true)
    expect(await show(secret)).toMatchObject({ ok: false, error: { type: 'TokenExpired' } })
  })
})

describe('a JWT', () => {
  function openJwt() {
    const jwt = { answer: null as Awaited<ReturnType<VerifyJwt>> | null }
    const opened = open({ verifyJwt: async () => jwt.answer ?? Promise.reject(new Error('no keys')) })
    const good = ok({
      actor: 'jwt:a',
      grant: EVERYTHING,
      expiresAt: (opened.clock.now() + HOUR_MS) as UnixMillis,
    } as const)
    const bad = err({ type: 'TokenUnknown', message: 'its key is gone' } as const)
    jwt.answer = good
    return { ...opened, jwt, good, bad }
  }

  test('makes one caller until it expires, also where it is shown twice at once', async () => {
    const { show, clock, jwt } = openJwt()
    const [one, other] = (await Promise.all([show(JWT), show(JWT)])).map(valueOf)
    expect(one).toBe(other)
    expect(valueOf(await show(JWT))).toBe(one)
    jwt.answer = ok({ actor: 'jwt:a', grant: EVERYTHING, expiresAt: (clock.now() + 2 * HOUR_MS) as UnixMillis })
    clock.advanceBy(HOUR_MS)
    expect(one?.ended?.aborted).toBe(true)
    expect(valueOf(await show(JWT))).not.toBe(one)
  })

  test('whose key is removed is refused when it is shown, and its caller ends', async () => {
    const { show, jwt, bad } = openJwt()
    const caller = valueOf(await show(JWT))
    jwt.answer = bad
    expect(await show(JWT)).toEqual(bad)
    expect(caller?.ended?.aborted).toBe(true)
  })

  test('whose key is removed ends what is open within ten minutes, where it is shown no more', async () => {
    const { show, jwt, bad, clock, stop } = openJwt()
    const caller = valueOf(await show(JWT))
    clock.advanceBy(600_000)
    expect(valueOf(await show(JWT))).toBe(caller)
    jwt.answer = bad
    const ended = once(caller?.ended ?? expect.unreachable(), 'abort')
    clock.advanceBy(600_000)
    await ended
    stop()
  })

  test('that is live stays so while the keys are not to be had, and is checked again after', async () => {
    const { show, jwt, bad, clock, faults } = openJwt()
    const caller = valueOf(await show(JWT))
    jwt.answer = null
    expect(valueOf(await show(JWT))).toBe(caller)
    clock.advanceBy(600_000)
    expect(valueOf(await show(JWT))).toBe(caller)
    expect(faults).toHaveLength(2)
    jwt.answer = bad
    expect(valueOf(await show(JWT))).toBe(caller)
    clock.advanceBy(30_000)
    expect(await show(JWT)).toEqual(bad)
  })

  test('that cannot be checked is refused, and the operator is told once a minute', async () => {
    const fault = new Error('no keys')
    const { show, faults, clock } = open({ verifyJwt: async () => Promise.reject(fault) })
    for (let time = 0; time < 3; time += 1) {
      expect(await show(JWT)).toMatchObject({ ok: false, error: { type: 'KeysUnavailable' } })
    }
    expect(faults).toEqual([fault])
    clock.advanceBy(60_000)
    await show(JWT)
    expect(faults).toHaveLength(2)
  })

  test('is no token of this node, and one of this node is no JWT', async () => {
    const { show, makeStored } = open({ verifyJwt: async () => Promise.reject(new Error('never asked')) })
    expect((await show(makeStored().secret)).ok).toBe(true)
  })
})
