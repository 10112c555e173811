import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** What a client shows to a server to be let in. A secret: never recorded, logged or shown. */
export type BearerToken = Brand<string, 'BearerToken'>

/** Does not repeat the text, which may be a secret with a typing error. */
export interface InvalidBearerToken {
  readonly type: 'InvalidBearerToken'
}

/**
 * Parses a token, in the form that fits a header.
 *
 * @returns `InvalidBearerToken` for any other text, or one of more than 1,024 characters. Never throws.
 * @see RFC 6750, section 2.1, "b64token"
 */
export function parseBearerToken(text: string): Result<BearerToken, InvalidBearerToken> {
  return text.length <= 1024 && /^[A-Za-z0-9._~+/-]+=*$/.test(text)
    ? ok(text as BearerToken)
    : err({ type: 'InvalidBearerToken' })
}
