import { isLive, type KnownTokens } from './access-token.ts'
import { checkGrant } from './check-grant.ts'
import { err, ok, type Result } from './result.ts'
import { valueIn, valuesIn } from './shared-map.ts'
import type { UnixMillis } from './time.ts'
import type { CreateToken, RevokeToken, TokenCommand } from './token-commands.ts'
import type { TokenEvent } from './token-events.ts'
import type { TokenRefusal } from './token-refusals.ts'

/** How many tokens can be live at a time: each is held in memory while it is used. */
export const MAX_LIVE_TOKENS = 1_000

/** Decides about tokens. Who may wish for it is told before. */
export function decideTokens(command: TokenCommand, tokens: KnownTokens): Result<readonly TokenEvent[], TokenRefusal> {
  switch (command.type) {
    case 'CreateToken':
      return createToken(command, tokens)
    case 'RevokeToken':
      return revokeToken(command, tokens)
  }
}

function createToken(
  { type: _, now, tokenId, hash, expiresAt, ...wished }: CreateToken,
  tokens: KnownTokens,
): Result<readonly TokenEvent[], TokenRefusal> {
  // Ids are random: it is the same wish once more.
  if (valueIn(tokens, tokenId) !== undefined) return ok([])
  const grant = checkGrant(wished)
  if (!grant.ok) return grant
  if (expiresAt !== null && expiresAt <= now) return err({ type: 'ExpiryNotInFuture', now })
  if (countLive(tokens, now) >= MAX_LIVE_TOKENS) return err({ type: 'TooManyTokens', limit: MAX_LIVE_TOKENS })
  const { role, communityIds } = grant.value
  return ok([{ type: 'TokenCreated', data: { tokenId, role, communityIds, hash, expiresAt } }])
}

/** Revoked twice is revoked; one that expired can be revoked too, as clocks may be set back. */
function revokeToken({ tokenId }: RevokeToken, tokens: KnownTokens): Result<readonly TokenEvent[], TokenRefusal> {
  const token = valueIn(tokens, tokenId)
  if (token === undefined) return err({ type: 'TokenNotFound', tokenId })
  return ok(token.isRevoked ? [] : [{ type: 'TokenRevoked', data: { tokenId } }])
}

function countLive(tokens: KnownTokens, now: UnixMillis): number {
  let live = 0
  for (const token of valuesIn(tokens)) if (isLive(token, now)) live += 1
  return live
}
