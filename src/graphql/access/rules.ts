import { mayAdminister, mayAudit, mayOperate, mayRead, type Grant } from '../../domain/access.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { readCommunity } from '../../projections/communities.ts'
import type { GraphqlContext } from '../context.ts'
import { grantOf } from './readable.ts'

/** Names who is let through to a field. */
export type RuleName = 'PUBLIC_MAGNETLINKS' | 'READER' | 'OPERATOR' | 'AUDITOR' | 'ADMIN'

/** Whether somebody is let through, to what is about a community, or about the node as a whole, where that is null. */
type IsLetThrough = (context: GraphqlContext, communityId: CommunityId | null) => boolean | Promise<boolean>

/** Whom a rule lets through, and how that is told. */
export interface Rule {
  /** What would be right, for who is turned away. Ends a sentence. */
  readonly takes: string
  /** The same where the field names no community, and so is about the node as a whole. */
  readonly takesOfNode?: string
  readonly isLetThrough: IsLetThrough
}

/** Each rule by its name. Nothing else says who may do what. */
export const rules: { readonly [Name in RuleName]: Rule } = {
  PUBLIC_MAGNETLINKS: {
    takes: 'any role that reads this community, or a community whose setting publicMagnetlinks is on',
    isLetThrough: async (context, communityId) =>
      hasGrant(mayRead)(context, communityId) || isPublic(context, communityId),
  },
  READER: {
    takes: 'any role that reads this community',
    takesOfNode: 'any role',
    isLetThrough: hasGrant(mayRead),
  },
  OPERATOR: {
    takes: 'the role OPERATOR of this community, of all communities where none is named, or the role ADMIN',
    isLetThrough: hasGrant(mayOperate),
  },
  AUDITOR: { takes: 'the role AUDITOR or ADMIN', isLetThrough: hasGrant(mayAudit) },
  ADMIN: { takes: 'the role ADMIN', isLetThrough: hasGrant(mayAdminister) },
}

/** The rules as scopes of Pothos. Each is asked once for each operation and community. */
export function scopesOf(context: GraphqlContext): ScopeLoaders {
  const ask = (name: RuleName) => (communityId: CommunityId | null) => rules[name].isLetThrough(context, communityId)
  return {
    PUBLIC_MAGNETLINKS: ask('PUBLIC_MAGNETLINKS'),
    READER: ask('READER'),
    OPERATOR: ask('OPERATOR'),
    AUDITOR: ask('AUDITOR'),
    ADMIN: ask('ADMIN'),
  }
}

type ScopeLoaders = { readonly [Name in RuleName]: (communityId: CommunityId | null) => boolean | Promise<boolean> }

/** Whether a value is the name of a rule. */
export function isRuleName(value: unknown): value is RuleName {
  return typeof value === 'string' && value in rules
}

function hasGrant(may: (grant: Grant, communityId: CommunityId | null) => boolean) {
  return (context: GraphqlContext, communityId: CommunityId | null): boolean => {
    const grant = grantOf(context)
    return grant !== null && may(grant, communityId)
  }
}

/** A community that was left can no longer take its setting back, so that nothing of it is public. */
async function isPublic({ db }: GraphqlContext, communityId: CommunityId | null): Promise<boolean> {
  const community = communityId === null ? null : await readCommunity(db, communityId)
  return community?.status === 'ADDED' && community.settings.publicMagnetlinks === true
}
