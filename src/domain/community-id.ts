import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/**
 * The public key that names a community: `0x` and lower-case hex.
 *
 * Native: 32 bytes, an Ed25519 public key. Foreign: 33 bytes, a compressed secp256k1 public key,
 * as in the communities that existed before Seedbank.
 */
export type CommunityId = Brand<string, 'CommunityId'>

/** Whose key the id is, and so who can sign for the community. */
export type Identity = 'NATIVE' | 'FOREIGN'

export interface InvalidCommunityId {
  readonly type: 'InvalidCommunityId'
  readonly text: string
}

const NATIVE = /^0x[0-9a-f]{64}$/
const FOREIGN = /^0x0[23][0-9a-f]{64}$/

/**
 * Parses a community id.
 *
 * @param text `0x` and 64 hex digits (native) or 66 that begin with 02 or 03 (foreign), any case.
 * @returns The id in lower case; `InvalidCommunityId` when `text` has any other shape. Never throws.
 */
export function parseCommunityId(text: string): Result<CommunityId, InvalidCommunityId> {
  const lower = text.toLowerCase()
  return NATIVE.test(lower) || FOREIGN.test(lower)
    ? ok(lower as CommunityId)
    : err({ type: 'InvalidCommunityId', text })
}

/** Tells a native id (64 hex digits) from a foreign one (66). */
export function identityOf(id: CommunityId): Identity {
  return NATIVE.test(id) ? 'NATIVE' : 'FOREIGN'
}
