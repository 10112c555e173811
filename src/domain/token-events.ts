import type { AccessRole } from './access.ts'
import type { TokenId } from './access-token.ts'
import type { CommunityId } from './community-id.ts'
import type { NodeFact } from './fact.ts'
import type { UnixMillis } from './time.ts'

/** Whoever has the secret of the token may do what is granted here. */
export type TokenCreated = NodeFact<
  'TokenCreated',
  {
    readonly tokenId: TokenId
    readonly role: AccessRole
    /** In the order of their ids; null for all, and for the node as a whole. */
    readonly communityIds: readonly CommunityId[] | null
    /** SHA-256 of the whole token, 32 bytes in hex. It holds 256 random bits, so that nobody finds it from this. */
    readonly hash: string
    /** Null where it is good until it is revoked. */
    readonly expiresAt: UnixMillis | null
  }
>
/** The token is good for nothing from here on. */
export type TokenRevoked = NodeFact<'TokenRevoked', { readonly tokenId: TokenId }>

/** Who may speak to this node. */
export type TokenEvent = TokenCreated | TokenRevoked
