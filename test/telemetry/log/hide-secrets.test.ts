import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeRuntimeSecret, makeToken } from '../../../src/access/access-secret.ts'
import { hideSecrets } from '../../../src/telemetry/log/hide-secrets.ts'
import { createNodeLog } from '../../../src/telemetry/log/node-log.ts'
import { createWebhookSecret } from '../../../src/webhooks/sign-delivery.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const SECRET = randomBytes(32).toString('base64url')
const { privateKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
const jwk = privateKey.export({ format: 'jwk' })
const jwt = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJzb21lYm9keSJ9.${SECRET}`

const made = makeToken()
const [runtimeSecret, webhookSecret] = [makeRuntimeSecret(), createWebhookSecret()]

const secrets: readonly (readonly [what: string, secret: string, logged: unknown])[] = [
  ['a token', SECRET, { token: SECRET }],
  ['a token, deep down', SECRET, { request: { body: { variables: [{ accessToken: SECRET }] } } }],
  ['a token with quotes', SECRET, { access_token: `a"b\\${SECRET}` }],
  ['the bytes of a secret', '17,17', { secret: Buffer.alloc(32, 17) }],
  ['a header', SECRET, { headers: { Authorization: `Bearer ${SECRET}` } }],
  ['a header that is quoted', SECRET, { err: new Error(`Refused with authorization: bearer ${SECRET}`) }],
  ['what a fault was caused by', SECRET, { err: new Error('Refused', { cause: new Error(`Bearer ${SECRET}`) }) }],
  ['a URL with a token', SECRET, { url: `https://node.example/graphql?access_token=${SECRET}&more=1` }],
  ['a URL with a password', SECRET, { url: `https://somebody:${SECRET}@node.example/` }],
  [
    'JSON within a text',
    SECRET,
    { body: JSON.stringify({ authorization: SECRET, at: JSON.stringify({ token: SECRET }) }) },
  ],
  ['a JSON Web Token', SECRET, { shown: jwt }],
  ['a token of this node', made.secret.slice(-43), { shown: `It was ${made.secret}` }],
  ['what the command line shows', runtimeSecret.slice(-43), { shown: runtimeSecret }],
  ['what deliveries are signed with', webhookSecret.slice(6), { shown: webhookSecret }],
  ['a private key as PEM', pem.split('\n')[1] ?? '', { found: pem }],
  ['a private key as JWK', String(jwk.d), { key: jwk }],
  ['a private key as hex', 'ab'.repeat(32), { privateKey: 'ab'.repeat(32) }],
  ['a cookie', SECRET, { headers: { 'set-cookie': [`id=${SECRET}`] } }],
]

describe('no line tells', () => {
  test.each(secrets)('%s', (_what, secret, logged) => {
    const file = join(createTemporaryFolder(), 'log')
    createNodeLog({ logLevel: 'info', logFormat: 'json' }, file).info(logged, 'It was shown')
    const line = readFileSync(file, 'utf8')

    expect(line).not.toContain(secret)
    expect(line).toContain('[hidden]')
    expect(JSON.parse(line)).toMatchObject({ msg: 'It was shown' })
  })

  test('less than it should', () => {
    const told = JSON.stringify({
      tokenId: '0d9f9c1e-5c1b-4e0a-9a52-3f9d2b7c6e11',
      infoHash: 'ab'.repeat(20),
      magnet: `magnet:?xt=urn:btih:${'ab'.repeat(20)}&tr=udp://tracker.example:1337`,
      topic: 'to@somebody, basic: yes',
    })
    expect(hideSecrets(told)).toBe(told)
  })

  test('it late: a long line takes no time that grows faster than it does', () => {
    const hostile = [
      '"token":"',
      '\\"secret\\":\\"',
      '-----BEGIN PRIVATE KEY-----',
      'a-'.repeat(30),
      '://',
      'eyJ',
      '?key=',
    ]
    const began = performance.now()
    for (const part of hostile) hideSecrets(part.repeat(20_000))
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})
