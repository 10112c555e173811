import type { CommunityId } from '../domain/community-id.ts'
import type { Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'

/** What is tried: one thing of one community. */
export interface Goal {
  readonly communityId: CommunityId
  /** Tells the goals of a community apart, such as an info hash. */
  readonly thing: string
}

/** A goal that failed so often that it is left alone until something about it changes. */
export interface ParkedGoal extends Goal {
  readonly code: string
  readonly failures: number
  readonly since: UnixMillis
}

/** NOT_DUE: it was not tried, as it waits after a failure or is parked. */
export type AttemptOutcome = 'REACHED' | 'FAILED' | 'NOT_DUE'

/** Keeps what fails from holding up the rest. Its state is operational: safe to lose. */
export interface Attempts {
  /**
   * Tries, unless the goal waits after a failure or is parked. Never throws: a fault counts as a
   * failure with the code INTERNAL, and is told to `onFault`.
   */
  attempt(goal: Goal, work: () => Promise<Result<unknown, { readonly code: string }>>): Promise<AttemptOutcome>
  /** Whether the goal would be tried now: it neither waits after a failure nor is parked. */
  isDue(goal: Goal): boolean
  /**
   * When the next goal that waits may be tried; null when none waits. At once, where the clock was set back since the
   * look began or a goal failed: no wait is longer than it was meant to be.
   *
   * @param lookedAt When the look began that this ends. A goal that was due by then and was not tried is not wanted
   *   now, so there is nothing to look again for.
   */
  nextDueAt(lookedAt: UnixMillis): UnixMillis | null
  /**
   * Gives all goals of a community a new chance, because a wish about it changed; null: of all communities.
   *
   * @returns Whether there was any to forgive.
   */
  forgive(communityId: CommunityId | null): boolean
  parked(): readonly ParkedGoal[]
}

export interface AttemptsPorts {
  readonly now: () => UnixMillis
  /** From 0 to 1: spreads the attempts of goals that failed together. */
  readonly random: () => number
  readonly onFault: (fault: unknown) => void
  readonly pace?: Partial<AttemptsPace>
}

/** How often something that fails is tried. */
export interface AttemptsPace {
  /** The wait after the first failure. It doubles with each. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** From how many failures on it is parked. */
  readonly parkAfterFailures: number
  /** Whether a fault parks it too, or only what was refused: then it is tried for ever. */
  readonly parkFaults: boolean
}

interface Failure extends ParkedGoal {
  readonly failedAt: UnixMillis
  readonly dueAt: UnixMillis
  readonly isParked: boolean
}

/** About two hours of trying. */
const DEFAULT_PACE: AttemptsPace = {
  firstWaitMs: 1_000,
  longestWaitMs: 600_000,
  parkAfterFailures: 20,
  parkFaults: true,
}

/** Creates an empty record of attempts: nothing has failed yet. */
export function createAttempts({ now, random, onFault, pace: chosen }: AttemptsPorts): Attempts {
  const pace = { ...DEFAULT_PACE, ...chosen }
  const failures = new Map<string, Failure>()

  function fail(goal: Goal, code: string, mayPark = true): 'FAILED' {
    const before = failures.get(keyOf(goal))
    const count = (before?.failures ?? 0) + 1
    const failedAt = now()
    const dueAt = (failedAt + waitMs(count, random(), pace)) as UnixMillis
    const isParked = mayPark && count >= pace.parkAfterFailures
    const since = before?.since ?? failedAt
    failures.set(keyOf(goal), { ...goal, code, failures: count, since, failedAt, dueAt, isParked })
    return 'FAILED'
  }

  function isDue(goal: Goal): boolean {
    const failure = failures.get(keyOf(goal))
    return failure === undefined || !(failure.isParked || isWaiting(failure, now()))
  }

  return {
    isDue,
    async attempt(goal, work) {
      if (!isDue(goal)) return 'NOT_DUE'
      try {
        const outcome = await work()
        if (!outcome.ok) return fail(goal, outcome.error.code)
        failures.delete(keyOf(goal))
        return 'REACHED'
      } catch (fault) {
        onFault(fault)
        return fail(goal, 'INTERNAL', pace.parkFaults)
      }
    },
    nextDueAt: (lookedAt) => nextDueAt(failures, lookedAt, now()),
    forgive: (communityId) => forgive(failures, communityId),
    parked: () => [...failures.values()].filter(({ isParked }) => isParked),
  }
}

function forgive(failures: Map<string, Failure>, communityId: CommunityId | null): boolean {
  const before = failures.size
  for (const [key, failure] of failures) {
    if (communityId === null || failure.communityId === communityId) failures.delete(key)
  }
  return failures.size < before
}

function nextDueAt(failures: Map<string, Failure>, lookedAt: UnixMillis, at: UnixMillis): UnixMillis | null {
  const tried = [...failures.values()].filter(({ isParked }) => !isParked)
  const ahead = tried.filter(({ failedAt }) => failedAt > at)
  if (ahead.length > 0 || (at < lookedAt && tried.length > 0)) {
    // Once for each time that the clock was set back: a goal that is not tried then is not wanted.
    for (const failure of ahead) failures.set(keyOf(failure), { ...failure, failedAt: at, dueAt: at })
    return at
  }
  const waiting = tried.filter(({ dueAt }) => dueAt > lookedAt)
  return waiting.length === 0 ? null : (Math.min(...waiting.map(({ dueAt }) => dueAt)) as UnixMillis)
}

/** A goal that failed at a time that is yet to come does not wait: the clock was set back. */
function isWaiting({ failedAt, dueAt }: Failure, at: UnixMillis): boolean {
  return failedAt <= at && at < dueAt
}

/** Doubles with each failure up to a bound, and spreads over the upper half of that. */
function waitMs(failures: number, random: number, { firstWaitMs, longestWaitMs }: AttemptsPace): number {
  const full = Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs)
  return Math.round(full * (0.5 + random / 2))
}

function keyOf({ communityId, thing }: Goal): string {
  return `${communityId} ${thing}`
}
