import type { Refusal } from '../../commands/command-meta.ts'

/** Why a wish about tokens was not granted, for whoever made it on the command line. */
export function describeTokenRefusal(refusal: Refusal): string {
  switch (refusal.type) {
    case 'TokenNotFound':
      return `There is no token ${refusal.tokenId}: see seedbank token list`
    case 'RoleIsNodeWide':
      return `The role ${refusal.role.toLowerCase()} concerns the node as a whole: leave out --community`
    case 'TooManyTokenCommunities':
      return `There are more than ${refusal.limit} --community: name fewer, or leave them out for all`
    case 'ExpiryNotInFuture':
      return `--expires must be later than now, which is ${new Date(refusal.now).toISOString()}`
    case 'TooManyTokens':
      return `There are ${refusal.limit} tokens that are good: revoke one first`
    default:
      return refusal.type
  }
}
