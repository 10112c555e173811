import type { CommunityId } from '../domain/community-id.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { LastRound, Round } from './plan-rounds.ts'

/** Remembers the last round of each community that is wanted. */
export interface LastRounds {
  readonly last: ReadonlyMap<CommunityId, LastRound>
  /** Forgets those that are wanted no longer. */
  keep(wanted: readonly Round[], now: UnixMillis): void
  /** @param code Why the round came to nothing; null where it did not. */
  end(round: Round, code: string | null, now: UnixMillis): void
}

const ROUND_MS = 3_600_000
const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 600_000

/** @param random From 0 to 1. */
export function createLastRounds(random: () => number): LastRounds {
  const last = new Map<CommunityId, LastRound>()
  return {
    last,
    keep(wanted, now) {
      const known = new Set(wanted.map(({ communityId }) => communityId))
      for (const [communityId, round] of last) {
        if (known.has(communityId)) last.set(communityId, asOf(now, round))
        else last.delete(communityId)
      }
    },
    end({ communityId, thing }, code, now) {
      const before = last.get(communityId)
      const failures = code === null ? 0 : (before?.thing === thing ? before.failures : 0) + 1
      const dueAt = (now + waitMs(failures, random())) as UnixMillis
      last.set(communityId, { thing, at: now, code, failures, dueAt })
    },
  }
}

/** A round that ended in the future counts as one of now: the clock was set back, and no wait is to be longer for it. */
function asOf(now: UnixMillis, round: LastRound): LastRound {
  return round.at <= now ? round : { ...round, at: now, dueAt: (now + round.dueAt - round.at) as UnixMillis }
}

/** Doubles with each failure up to a bound, and spreads over the upper half of that. */
function waitMs(failures: number, random: number): number {
  if (failures === 0) return ROUND_MS
  const full = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS)
  return Math.round(full * (0.5 + random / 2))
}
