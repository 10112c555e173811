import type { CommandMeta, Refusal } from '../commands/command-meta.ts'
import type { TokenId } from '../domain/access-token.ts'
import type { Grant } from '../domain/access.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Position } from '../events/recorded-event.ts'

/** What a token is to be good for. */
export interface CreateTokenInput extends Grant {
  /** Null: until it is revoked. */
  readonly expiresAt: UnixMillis | null
}

/** A token that was made. */
export interface CreatedToken {
  readonly position: Position | null
  readonly tokenId: TokenId
  /** What its holder sends. Null where the wish was granted before: it is kept nowhere, and given once. */
  readonly secret: string | null
}

/** Wishes about tokens that take more than a command: a secret. */
export interface TokenWishes {
  createToken(input: CreateTokenInput, meta: CommandMeta): Promise<Result<CreatedToken, Refusal>>
}
