import { mayAdminister, mayAudit, type Grant } from './access.ts'
import { err, ok, type Result } from './result.ts'
import type { GrantRefusal } from './token-refusals.ts'

/** How many communities a token can name. One for more of them is one for all. */
export const MAX_TOKEN_COMMUNITIES = 100

/**
 * Checks who is to do what.
 *
 * @returns The grant with its communities in order, each once.
 */
export function checkGrant(grant: Grant): Result<Grant, GrantRefusal> {
  const { role, communityIds } = grant
  if (communityIds === null) return ok(grant)
  if (mayAudit(grant) || mayAdminister(grant)) return err({ type: 'RoleIsNodeWide', role })
  const named = [...new Set(communityIds)].toSorted()
  if (named.length === 0) return err({ type: 'TokenCommunitiesMissing' })
  if (named.length > MAX_TOKEN_COMMUNITIES)
    return err({ type: 'TooManyTokenCommunities', limit: MAX_TOKEN_COMMUNITIES })
  return ok({ role, communityIds: named })
}
