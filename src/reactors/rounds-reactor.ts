import type { CommunityId } from '../domain/community-id.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { createLastRounds } from './last-rounds.ts'
import { planRounds, type LastRound, type Round } from './plan-rounds.ts'
import { createReactor, type Reactor } from './reactor.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** A reactor that does the same for each community again and again. */
export interface RoundsReactor extends Reactor {
  /** The last round of each community that is wanted. Operational: safe to lose. */
  lastRounds(): ReadonlyMap<CommunityId, LastRound>
}

/** What a reactor of rounds lives by. */
export interface RoundsSurroundings {
  readonly wallClock: WallClock
  /** From 0 to 1: spreads rounds that failed together. */
  readonly random: () => number
  readonly onFault: (fault: unknown) => void
}

export interface RoundsPorts<Wanted extends Round> extends RoundsSurroundings {
  readonly name: string
  readonly readWanted: () => Promise<readonly Wanted[]>
  /** Does one round, within a bounded time. What comes to nothing is done again sooner. */
  readonly go: (round: Wanted) => Promise<Result<unknown, { readonly code: string }>>
}

/** So many rounds go on at once: enough that a slow one holds up few, and that they do not slow down each other. */
const SLOTS = 8

/**
 * Creates a reactor that goes its rounds: for each community once an hour, at once where there is something new. After a
 * round that came to nothing it goes the next in a minute, then ever later, in ten minutes at the latest.
 *
 * Nothing is ever parked, unlike by `Attempts`: what these rounds depend on, other machines, comes back without a wish.
 */
export function createRoundsReactor<Wanted extends Round>(ports: RoundsPorts<Wanted>): RoundsReactor {
  const { name, readWanted, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, Promise<void>>()
  const rounds = createLastRounds(ports.random)
  let ended = 0

  async function react(): Promise<UnixMillis | null> {
    const wanted = await readWanted()
    const now = wallClock.now()
    rounds.keep(wanted, now)
    const busy = new Set(underWay.keys())
    const { start, nextAt } = planRounds(wanted, rounds.last, { busy, slots: SLOTS - busy.size, now })
    for (const round of start) underWay.set(round.communityId, goRound(round))
    return nextAt
  }

  async function goRound(round: Wanted): Promise<void> {
    const code = await outcomeOf(round, ports)
    rounds.end(round, code, wallClock.now())
    underWay.delete(round.communityId)
    ended += 1
    reactor.wake()
  }

  async function settled(): Promise<void> {
    let before
    do {
      before = ended
      await waiting.settled()
      // A round that ends between two looks leads to one more, which nobody has waited for yet.
    } while (before !== ended)
  }

  const reactor = createReactor({ name, react, wallClock, onFault })
  const waiting = waitingFor(reactor, underWay)
  return { ...waiting, settled, lastRounds: () => rounds.last }
}

/** Null where the round came to something; else why it did not. */
async function outcomeOf<Wanted extends Round>(round: Wanted, ports: RoundsPorts<Wanted>): Promise<string | null> {
  try {
    const outcome = await ports.go(round)
    return outcome.ok ? null : outcome.error.code
  } catch (fault) {
    ports.onFault(fault)
    return 'INTERNAL'
  }
}
