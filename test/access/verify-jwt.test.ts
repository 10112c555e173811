import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { openKeySet } from '../../src/access/key-set.ts'
import { createJwtVerifier, isJwt, type VerifyJwt } from '../../src/access/verify-jwt.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { AUDIENCE, ISSUER, openJwtIssuer, type TestIssuer } from '../support/jwt-issuer.ts'
import { COMMUNITIES } from '../support/node-play.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const NOW = 1_800_000_000_000 as UnixMillis
const NOW_SECONDS = NOW / 1000
const viewer = { seedbank_role: 'viewer', seedbank_communities: '*' }

async function open(): Promise<{ readonly issuer: TestIssuer; readonly verify: VerifyJwt }> {
  const issuer = await openJwtIssuer()
  const keys = valueOf(await openKeySet({ type: 'URL', url: issuer.jwksUrl }))
  return { issuer, verify: createJwtVerifier({ issuer: ISSUER, audience: AUDIENCE, keys }, () => NOW) }
}

describe('a JWT', () => {
  test('is taken for whom it was issued, until it expires and a little longer, and tells not who that is', async () => {
    const { issuer, verify } = await open()
    const known = valueOf(await verify(await issuer.sign(viewer, NOW)))
    // SHA-256 of "https://issuer.example\nalice".
    expect(known.actor).toBe('jwt:6d17d965682556721e5ff258ff9b7630')
    expect(known.grant).toEqual({ role: 'VIEWER', communityIds: null })
    expect(known.expiresAt).toBe(NOW + 3_630_000)
    const other = valueOf(await verify(await issuer.sign({ ...viewer, sub: 'bob' }, NOW)))
    expect(other.actor).not.toBe(known.actor)
    expect(issuer.asked()).toBe(1)
  })

  test('grants what its claims say', async () => {
    const { issuer, verify } = await open()
    const grantOf = async (claims: object) => valueOf(await verify(await issuer.sign({ ...claims }, NOW))).grant
    const some = { seedbank_role: 'OPERATOR', seedbank_communities: COMMUNITIES }
    expect(await grantOf(some)).toEqual({ role: 'OPERATOR', communityIds: COMMUNITIES.toSorted() })
    const most = Array.from({ length: 100 }, (_, n) => `0x02${n.toString(16).padStart(64, '0')}`)
    const ofMost = { seedbank_role: 'VIEWER', seedbank_communities: most }
    expect((await grantOf(ofMost)).communityIds).toHaveLength(100)
    expect(isJwt(await issuer.sign(ofMost, NOW))).toBe(true)
    expect(await grantOf({ seedbank_role: 'auditor' })).toEqual({ role: 'AUDITOR', communityIds: null })
    expect(await grantOf({ ...viewer, seedbank_role: 'admin' })).toEqual({ role: 'ADMIN', communityIds: null })
  })

  test.each([
    ['of another issuer', { iss: 'https://evil.example' }, /"iss" claim/],
    ['for another audience', { aud: 'somebody-else' }, /"aud" claim/],
    ['that never expires', { exp: undefined }, /"exp" claim/],
    ['that expires in no year', { exp: 2 ** 53 }, /"exp" claim must lie before the year 10000/],
    ['that is too long', { note: 'x'.repeat(12_288) }, /it has \d{5} characters, and may have 12288/],
    ['that is not valid yet', { nbf: NOW_SECONDS + 60 }, /"nbf" claim/],
    ['of nobody', { sub: '' }, /"sub" claim/],
    ['without a subject', { sub: undefined }, /"sub" claim/],
    ['without a role', { seedbank_role: undefined }, /"seedbank_role" claim must be viewer/],
    ['of a role that there is not', { seedbank_role: 'root' }, /"seedbank_role" claim must be viewer/],
    ['that forgets the communities', { seedbank_communities: undefined }, /must be a list of community ids, or "\*"/],
    ['for no community', { seedbank_communities: [] }, /must name a community/],
    ['for something else', { seedbank_communities: ['0x12'] }, /must be a list of community ids, or "\*"/],
    ['of an admin of one', { seedbank_role: 'admin', seedbank_communities: COMMUNITIES }, /must be left out/],
  ])('%s is not', async (_what, claims, reason) => {
    const { issuer, verify } = await open()
    const refused = await verify(await issuer.sign({ ...viewer, ...claims }, NOW))
    expect(refused).toEqual({ ok: false, error: { type: 'TokenUnknown', message: expect.stringMatching(reason) } })
  })

  test('that expired is not, save within what clocks may be apart', async () => {
    const { issuer, verify } = await open()
    const expiring = async (ago: number) => verify(await issuer.sign({ ...viewer, exp: NOW_SECONDS - ago }, NOW))
    expect(await expiring(29)).toMatchObject({ ok: true, value: { expiresAt: NOW + 1_000 } })
    expect(await expiring(30)).toMatchObject({ ok: false, error: { type: 'TokenExpired' } })
  })

  test('signed with another key, with the public key as a secret, or not at all, is not', async () => {
    const { issuer, verify } = await open()
    const token = await issuer.sign(viewer, NOW)
    const [header = '', payload = ''] = token.split('.')
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: NOW_SECONDS + 60, ...viewer }
    const { privateKey } = await generateKeyPair('ES256')
    const foreign = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-0' }).sign(privateKey)
    const secret = new TextEncoder().encode(JSON.stringify(issuer.keySet()))
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'key-0' }).sign(secret)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.AA`
    for (const forged of [foreign, shared, none, `${header}.${payload}.AAAA`]) {
      expect(await verify(forged)).toMatchObject({ ok: false, error: { type: 'TokenUnknown' } })
    }
  })

  test('cannot be checked while the keys are not to be had, and can once they are', async () => {
    const { issuer, verify } = await open()
    const token = await issuer.sign(viewer, NOW)
    issuer.setDown(true)
    await expect(verify(token)).rejects.toThrow(`Cannot check a JWT of ${ISSUER}: its keys are not to be had`)
    issuer.setDown(false)
    expect((await verify(token)).ok).toBe(true)
  })
})

describe('a set of keys in a file', () => {
  test('is taken, and needs no network', async () => {
    const issuer = await openJwtIssuer()
    const path = join(createTemporaryFolder(), 'jwks.json')
    writeFileSync(path, JSON.stringify(issuer.keySet()))
    const keys = valueOf(await openKeySet({ type: 'FILE', path }))
    const verify = createJwtVerifier({ issuer: ISSUER, audience: AUDIENCE, keys }, () => NOW)
    expect((await verify(await issuer.sign(viewer, NOW))).ok).toBe(true)
    expect(issuer.asked()).toBe(0)
  })

  test('is refused where it is none, holds no key, or holds one that has to be kept', async () => {
    const path = join(createTemporaryFolder(), 'jwks.json')
    const refusal = async (text: string | null): Promise<string> => {
      if (text !== null) writeFileSync(path, text)
      const opened = await openKeySet({ type: 'FILE', path })
      return opened.ok ? 'none' : opened.error.message
    }
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    expect(await refusal(null)).toMatch(/cannot be read: ENOENT/)
    for (const text of ['', '[]', '{"keys":7}']) expect(await refusal(text)).toMatch(/is no JSON Web Key Set/)
    expect(await refusal('{"keys":[]}')).toMatch(/holds no key/)
    expect(await refusal(JSON.stringify({ keys: [await exportJWK(privateKey)] }))).toMatch(/holds secrets/)
    expect(await refusal('{"keys":[{"kty":"oct","k":"AAAA"}]}')).toMatch(/holds secrets/)
  })
})
