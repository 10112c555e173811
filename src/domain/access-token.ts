import type { AccessRole } from './access.ts'
import type { Brand } from './brand.ts'
import type { CommunityId } from './community-id.ts'
import { err, ok, type Result } from './result.ts'
import { NO_ENTRIES, valueIn, withEntry, type SharedMap } from './shared-map.ts'
import type { UnixMillis } from './time.ts'
import type { TokenEvent } from './token-events.ts'

/** Names a token, and is no secret: 8 random bytes as 16 lower-case hex digits. */
export type TokenId = Brand<string, 'TokenId'>

export interface InvalidTokenId {
  readonly type: 'InvalidTokenId'
  readonly text: string
}

/** Parses the id of a token: 16 hex digits, in either case. Never throws. */
export function parseTokenId(text: string): Result<TokenId, InvalidTokenId> {
  return /^[0-9a-f]{16}$/i.test(text) ? ok(text.toLowerCase() as TokenId) : err({ type: 'InvalidTokenId', text })
}

/** What deciding about a token needs to remember of it. */
export interface KnownToken {
  readonly role: AccessRole
  readonly communityIds: readonly CommunityId[] | null
  /** Null where it is good until it is revoked. */
  readonly expiresAt: UnixMillis | null
  readonly isRevoked: boolean
}

/** Every token that was ever made. */
export type KnownTokens = SharedMap<TokenId, KnownToken>

/** Before the first was made. */
export const NO_TOKENS: KnownTokens = NO_ENTRIES

/** Whether it may still be used. */
export function isLive(
  { isRevoked, expiresAt }: Pick<KnownToken, 'isRevoked' | 'expiresAt'>,
  now: UnixMillis,
): boolean {
  return !isRevoked && (expiresAt === null || expiresAt > now)
}

/** The tokens after one more fact. Never refuses. */
export function evolveTokens(tokens: KnownTokens, { type, data }: TokenEvent): KnownTokens {
  switch (type) {
    case 'TokenCreated': {
      const { tokenId, role, communityIds, expiresAt } = data
      return withEntry(tokens, tokenId, { role, communityIds, expiresAt, isRevoked: false })
    }
    case 'TokenRevoked': {
      const token = valueIn(tokens, data.tokenId)
      return token === undefined ? tokens : withEntry(tokens, data.tokenId, { ...token, isRevoked: true })
    }
  }
}
