import type { TokenId } from '../../src/domain/access-token.ts'
import type { TokenCreated, TokenRevoked } from '../../src/domain/token-events.ts'

/** The id of the token of this number. */
export function tokenId(number: number): TokenId {
  return number.toString(16).padStart(16, '0') as TokenId
}

/** A token of an operator of all communities that never expires, save for what is said otherwise. */
export function tokenCreated(number: number, change: Partial<TokenCreated['data']> = {}): TokenCreated {
  const hash = number.toString(16).padStart(64, 'a')
  const usual = { tokenId: tokenId(number), role: 'OPERATOR', communityIds: null, hash, expiresAt: null } as const
  return { type: 'TokenCreated', data: { ...usual, ...change } }
}

export function tokenRevoked(number: number): TokenRevoked {
  return { type: 'TokenRevoked', data: { tokenId: tokenId(number) } }
}
