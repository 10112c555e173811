import type { CommunityId } from '../../domain/community-id.ts'
import type { LinkRefusalCode } from '../../domain/failure-codes.ts'
import type { UnixMillis } from '../../domain/time.ts'

/** How many links were not believed since the process began. Operational: safe to lose. */
export interface RefusedLinkCounts {
  /** @returns Whether it is to be recorded: the last that was for this reason is an hour old, if there was one. */
  add(communityId: CommunityId, code: LinkRefusalCode, now: UnixMillis): boolean
  count(communityId: CommunityId, code: LinkRefusalCode): number
}

/**
 * A refusal is news again once a link was believed. Who sends links to be believed and others in turns would fill the
 * log with both, so that none is recorded sooner than this after another for the same reason.
 */
export const REFUSAL_PAUSE_MS = 3_600_000

interface Refused {
  readonly count: number
  readonly recordedAt: UnixMillis
}

/** Creates counts of nothing. */
export function createRefusedLinkCounts(): RefusedLinkCounts {
  const refused = new Map<string, Refused>()
  return {
    count: (communityId, code) => refused.get(`${communityId} ${code}`)?.count ?? 0,
    add(communityId, code, now) {
      const { count, recordedAt } = refused.get(`${communityId} ${code}`) ?? { count: 0, recordedAt: null }
      // A clock that was set back keeps nothing from being recorded.
      const isDue = recordedAt === null || now >= recordedAt + REFUSAL_PAUSE_MS || now < recordedAt
      refused.set(`${communityId} ${code}`, { count: count + 1, recordedAt: isDue ? now : recordedAt })
      return isDue
    },
  }
}
