import type { Recorded } from '../../src/events/recorded-event.ts'
import { noPast, remember, type CommunityPast } from './community-past.ts'

/** What became of each community in a log, by its stream. */
export function pastsOf(events: readonly Recorded[]): ReadonlyMap<string, CommunityPast> {
  const pasts = new Map<string, CommunityPast>()
  for (const recorded of events) {
    if (!('communityId' in recorded.event)) continue
    const past = pasts.get(recorded.event.communityId) ?? noPast()
    remember(past, { ...recorded, event: recorded.event })
    pasts.set(recorded.event.communityId, past)
  }
  return pasts
}
