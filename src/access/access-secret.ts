import { createHash, randomBytes } from 'node:crypto'
import type { TokenId } from '../domain/access-token.ts'

/** A token as its holder sends it. */
export interface NewToken {
  readonly tokenId: TokenId
  /** `sbt_<id>_<256 random bits in base64url>`: so programs that look for leaked secrets find it. */
  readonly secret: string
  /** What is recorded of it. */
  readonly hash: string
}

const SECRET_BYTES = 32
const TOKEN = /^sbt_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/

/** Makes the secret of a token, and its name. */
export function makeToken(): NewToken {
  const tokenId = randomBytes(8).toString('hex') as TokenId
  const secret = `sbt_${tokenId}_${randomBytes(SECRET_BYTES).toString('base64url')}`
  return { tokenId, secret, hash: hashSecret(secret) }
}

/** Makes what the command line of this machine shows to a process, for as long as that runs. */
export function makeRuntimeSecret(): string {
  return `sbr_${randomBytes(SECRET_BYTES).toString('base64url')}`
}

/** Whether a text looks like the secret of a token of some node. */
export function isTokenSecret(text: string): boolean {
  return TOKEN.test(text)
}

/** SHA-256 in hex. Enough for what holds 256 random bits: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
