import type { TokenId } from './access-token.ts'
import type { AccessRole } from './access.ts'
import type { UnixMillis } from './time.ts'

/** There was never such a token. */
export interface TokenNotFound {
  readonly type: 'TokenNotFound'
  readonly tokenId: TokenId
}
/** The role concerns the node as a whole, so that it cannot be granted for some communities. */
export interface RoleIsNodeWide {
  readonly type: 'RoleIsNodeWide'
  readonly role: AccessRole
}
/** A token for no community at all would let nobody do anything. */
export interface TokenCommunitiesMissing {
  readonly type: 'TokenCommunitiesMissing'
}
/** More communities than a token can name. */
export interface TooManyTokenCommunities {
  readonly type: 'TooManyTokenCommunities'
  readonly limit: number
}
/** The token would have expired before it was made. */
export interface ExpiryNotInFuture {
  readonly type: 'ExpiryNotInFuture'
  readonly now: UnixMillis
}
/** There are as many tokens as there can be that neither expired nor were revoked. */
export interface TooManyTokens {
  readonly type: 'TooManyTokens'
  readonly limit: number
}

/** What is wrong with who may do what. */
export type GrantRefusal = RoleIsNodeWide | TokenCommunitiesMissing | TooManyTokenCommunities

/** Why a wish about tokens is not granted. */
export type TokenRefusal = TokenNotFound | GrantRefusal | ExpiryNotInFuture | TooManyTokens
