import type { TokenRefusal } from '../../domain/token-refusals.ts'
import { AccessRole } from '../scalars/access-role.ts'
import { formatDateTime } from '../scalars/date-time.ts'
import { field, timeField, type RefusalSpecs } from './refusal-spec.ts'

/** Why a wish about tokens is not granted. */
export const tokenRefusals: RefusalSpecs<TokenRefusal['type']> = {
  TokenNotFound: {
    description: 'There was never such a token.',
    message: ({ tokenId }) => `There is no token ${tokenId}: \`tokens\` names them all.`,
    fields: { tokenId: field('TokenId', 'The id that was given.', ({ tokenId }) => tokenId) },
  },
  RoleIsNodeWide: {
    description: 'The role concerns the node as a whole, and cannot be granted for some communities.',
    message: ({ role }) =>
      `${role} concerns the node as a whole: leave communityIds out, or make it a VIEWER or an OPERATOR of them.`,
    fields: {
      role: { type: AccessRole, description: 'The role that was given.', resolve: ({ role }) => role },
    },
  },
  TokenCommunitiesMissing: {
    description: 'A token for no community would let nobody do anything.',
    message: () => 'communityIds is an empty list: name the communities, or leave it out for all of them.',
    fields: {},
  },
  TooManyTokenCommunities: {
    description: 'More communities than a token can name.',
    message: ({ limit }) => `There are more than ${limit} communityIds: name fewer, or leave them out for all of them.`,
    fields: { limit: field('Int', 'How many there can be.', ({ limit }) => limit) },
  },
  ExpiryNotInFuture: {
    description: 'The token would have expired before it was made.',
    message: ({ now }) => `expiresAt must be later than now, which is ${formatDateTime(now)}.`,
    fields: { now: timeField('When it was wished, by the clock of the node.', ({ now }) => now) },
  },
  TooManyTokens: {
    description: 'There are as many tokens as there can be that neither expired nor were revoked.',
    message: ({ limit }) => `There are ${limit} tokens that are good: revoke one first with revokeToken.`,
    fields: { limit: field('Int', 'How many there can be.', ({ limit }) => limit) },
  },
}
