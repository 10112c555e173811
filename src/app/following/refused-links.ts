import type { CommunityId } from '../../domain/community-id.ts'
import type { LinkRefusalCode } from '../../domain/failure-codes.ts'

/** How many links were not believed since the process began. Operational: safe to lose. */
export interface RefusedLinkCounts {
  add(communityId: CommunityId, code: LinkRefusalCode): void
  count(communityId: CommunityId, code: LinkRefusalCode): number
}

/** Creates counts of nothing. */
export function createRefusedLinkCounts(): RefusedLinkCounts {
  const counts = new Map<string, number>()
  const count = (communityId: CommunityId, code: LinkRefusalCode): number => counts.get(`${communityId} ${code}`) ?? 0
  return { count, add: (communityId, code) => void counts.set(`${communityId} ${code}`, count(communityId, code) + 1) }
}
