import type { CommunityId } from './community-id.ts'

/**
 * What somebody who speaks to this node may do, each role for itself:
 * VIEWER reads what the node does; OPERATOR reads and wishes for communities; AUDITOR reads all that was recorded, and has
 * checkpoints signed; ADMIN may do everything, tokens included.
 */
export type AccessRole = 'VIEWER' | 'OPERATOR' | 'AUDITOR' | 'ADMIN'

/** What a token, or whoever needs none, gives. */
export interface Grant {
  readonly role: AccessRole
  /** The communities that it is about; null for all, and for the node as a whole. AUDITOR and ADMIN have null. */
  readonly communityIds: readonly CommunityId[] | null
}

/** What whoever sits at the machine may do. */
export const EVERYTHING: Grant = { role: 'ADMIN', communityIds: null }

/** @param communityId Null for the node as a whole, which every role may read of. */
export function mayRead({ communityIds }: Grant, communityId: CommunityId | null): boolean {
  return communityId === null || communityIds === null || communityIds.includes(communityId)
}

/** @param communityId Null for a community that is yet to get its id: only who operates all may wish for it. */
export function mayOperate({ role, communityIds }: Grant, communityId: CommunityId | null): boolean {
  if (role !== 'OPERATOR' && role !== 'ADMIN') return false
  return communityIds === null || (communityId !== null && communityIds.includes(communityId))
}

/** Whether the record of the whole node may be read, with who wished what. */
export function mayAudit({ role }: Grant): boolean {
  return role === 'AUDITOR' || role === 'ADMIN'
}

/** Whether the node as a whole may be changed, and tokens made. */
export function mayAdminister({ role }: Grant): boolean {
  return role === 'ADMIN'
}
