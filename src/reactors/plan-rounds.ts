import type { CommunityId } from '../domain/community-id.ts'
import type { UnixMillis } from '../domain/time.ts'
import { earliest } from './earliest.ts'

/** What is done for a community again and again. */
export interface Round {
  readonly communityId: CommunityId
  /** Tells it from what was done before: what is new is due at once. */
  readonly thing: string
}

/** The last round of a community in this process. */
export interface LastRound {
  readonly thing: string
  readonly at: UnixMillis
  /** Why it came to nothing; null where it did not. */
  readonly code: string | null
  /** How many rounds in a row came to nothing. */
  readonly failures: number
  /** When the same is due again. */
  readonly dueAt: UnixMillis
}

export interface PlannedRounds<Wanted extends Round> {
  /** What is to be begun now, the most urgent first. */
  readonly start: readonly Wanted[]
  /** When the next of the others is due; null where none is. */
  readonly nextAt: UnixMillis | null
}

/**
 * Plans the rounds of many communities: what is new first, then what has waited longest.
 *
 * @param busy Those with a round under way, whose next is planned once it has ended.
 * @param slots How many may begin now. Those that find none are due as soon as a round ends.
 */
export function planRounds<Wanted extends Round>(
  wanted: readonly Wanted[],
  last: ReadonlyMap<CommunityId, LastRound>,
  { busy, slots, now }: { readonly busy: ReadonlySet<CommunityId>; readonly slots: number; readonly now: UnixMillis },
): PlannedRounds<Wanted> {
  const idle = wanted.filter(({ communityId }) => !busy.has(communityId))
  const planned = idle.map((round) => ({ round, at: dueAt(round, last.get(round.communityId)) }))
  const due = planned.filter(({ at }) => at <= now).toSorted((left, right) => left.at - right.at)
  const later = planned.filter(({ at }) => at > now).map(({ at }) => at)
  return {
    start: due.slice(0, slots).map(({ round }) => round),
    nextAt: later.reduce<UnixMillis | null>(earliest, null),
  }
}

function dueAt({ thing }: Round, last: LastRound | undefined): UnixMillis {
  return last === undefined || last.thing !== thing ? (0 as UnixMillis) : last.dueAt
}
