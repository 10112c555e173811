import type { TokenId } from './access-token.ts'
import type { UnixMillis } from './time.ts'
import type { TokenCreated } from './token-events.ts'

/** Let whoever has the secret do what is granted. The secret was made before, and is not part of the wish. */
export interface CreateToken extends Readonly<TokenCreated['data']> {
  readonly type: 'CreateToken'
  readonly now: UnixMillis
}
/** Have a token be good for nothing from now on. */
export interface RevokeToken {
  readonly type: 'RevokeToken'
  readonly tokenId: TokenId
}

export type TokenCommand = CreateToken | RevokeToken
