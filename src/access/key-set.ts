import { readFile } from 'node:fs/promises'
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { err, ok, type Result } from '../domain/result.ts'

/** Where the public keys of an issuer of tokens are. */
export type KeySetPlace =
  | { readonly type: 'URL'; readonly url: string }
  /** Read once. An absolute path. */
  | { readonly type: 'FILE'; readonly path: string }

/** The file is not there, or is no set of public keys. */
export interface KeySetRefused {
  readonly type: 'KeySetRefused'
  /** For the operator: what is wrong with it. */
  readonly message: string
}

/** How long an issuer may take to answer. */
const FETCH_MS = 5_000

/**
 * Opens a JSON Web Key Set. One that is fetched is fetched when it is first needed, again every ten minutes, and when a token
 * names a key that is not in it, twice a minute at most. Redirects are not followed.
 *
 * @see RFC 7517, section 5
 */
export async function openKeySet(place: KeySetPlace): Promise<Result<JWTVerifyGetKey, KeySetRefused>> {
  if (place.type === 'URL') return ok(createRemoteJWKSet(new URL(place.url), { timeoutDuration: FETCH_MS }))
  const refuse = (reason: string): Result<never, KeySetRefused> =>
    err({ type: 'KeySetRefused', message: `The key set ${place.path} ${reason}` })
  try {
    const set = JSON.parse(await readFile(place.path, 'utf8')) as JSONWebKeySet
    const keys = createLocalJWKSet(set)
    if (set.keys.length === 0) return refuse('holds no key')
    const isPublic = set.keys.every(({ kty, d }) => kty !== 'oct' && d === undefined)
    return isPublic ? ok(keys) : refuse('holds secrets: give it the public keys alone')
  } catch (fault) {
    if (fault instanceof SyntaxError || fault instanceof errors.JWKSInvalid) {
      return refuse('is no JSON Web Key Set: {"keys": [ … ]}')
    }
    if (fault instanceof Error && 'code' in fault) return refuse(`cannot be read: ${fault.message}`)
    throw fault
  }
}
