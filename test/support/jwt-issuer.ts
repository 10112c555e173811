import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

/** An issuer of tokens, whose keys are served on the loopback address. */
export interface TestIssuer {
  readonly issuer: string
  readonly jwksUrl: string
  /** How often its keys were asked for. */
  readonly asked: () => number
  /** Answers with 503 from now on, or again with its keys. */
  readonly setDown: (isDown: boolean) => void
  /** Signs with another key from now on, which is the only one that it names. */
  readonly rotate: () => Promise<void>
  /** A token for an hour, save for what is said otherwise; what is undefined is left out. */
  readonly sign: (claims: Readonly<Record<string, unknown>>, now: number) => Promise<string>
  /** The key set, for a file. */
  readonly keySet: () => object
}

export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'seedbank'

/** Opens one until the test ends. */
export async function openJwtIssuer(): Promise<TestIssuer> {
  let [asked, isDown, rotations] = [0, false, 0]
  let { kid, privateKey, publicJwk } = await makeKey(0)
  const keySet = (): object => ({ keys: [publicJwk] })
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(isDown ? 503 : 200, { 'Content-Type': 'application/json', Connection: 'close' })
    response.end(JSON.stringify(keySet()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    issuer: ISSUER,
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    asked: () => asked,
    setDown: (value) => (isDown = value),
    async rotate() {
      rotations += 1
      ;({ kid, privateKey, publicJwk } = await makeKey(rotations))
    },
    sign: async (claims, now) => {
      const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: Math.floor(now / 1000) + 3600 }
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
    },
    keySet,
  }
}

async function makeKey(number: number) {
  const kid = `key-${number}`
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}
