import type { CommunityId } from '../domain/community-id.ts'
import { err, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Cause } from './record.ts'

/** What is tried: one thing of one community. */
export interface Goal {
  readonly communityId: CommunityId
  /** Tells the goals of a community apart, such as an info hash. */
  readonly thing: string
}

/** A goal, and what made it one. */
export type CausedGoal = Goal & Cause

/** A goal that failed so often that it is given up. */
export type GivenUp = CausedGoal & {
  readonly code: string
  /** How often it failed in a row. */
  readonly failures: number
}

/** What is done to reach a goal. */
export type Try = () => Promise<Result<unknown, { readonly code: string }>>

/** NOT_DUE: it was not tried, as it waits after a failure. */
export type AttemptOutcome = 'REACHED' | 'FAILED' | 'NOT_DUE'

/**
 * Keeps what fails from holding up the rest. Its state is operational: safe to lose. What was given up is recorded, and
 * forgotten here: who plans goals leaves out what is recorded as such.
 */
export interface Attempts {
  /**
   * Tries, unless the goal waits after a failure. Never throws: a fault counts as a failure with the code INTERNAL, and is
   * told to `onFault`.
   */
  attempt(goal: CausedGoal, work: Try): Promise<AttemptOutcome>
  /** Whether the goal would be tried now: it does not wait after a failure. */
  isDue(goal: Goal): boolean
  /** Whether any goal of the community failed, and was neither reached nor given up since. */
  isFailing(communityId: CommunityId): boolean
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
}

export interface AttemptsPorts {
  readonly now: () => UnixMillis
  /** From 0 to 1: spreads the attempts of goals that failed together. */
  readonly random: () => number
  readonly onFault: (fault: unknown, goal?: CausedGoal) => void
  /** Looks on at each try; left out where nobody does. */
  readonly watch?: (goal: CausedGoal, work: Try) => ReturnType<Try>
  /** Records that a goal is given up. Where that fails it waits, and is given up when it has failed once more. */
  readonly giveUp: (goal: GivenUp) => Promise<unknown>
  /** Whether a goal is given up that failed so often; true where it is left out. */
  readonly mayGiveUp?: (goal: GivenUp) => boolean
  readonly pace?: Partial<AttemptsPace>
}

/** How often something that fails is tried. */
export interface AttemptsPace {
  /** The wait after the first failure. It doubles with each. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** From how many failures on it is given up. */
  readonly giveUpAfterFailures: number
  /** Whether it is given up after a fault too, or only after what was refused: then it is tried for ever. */
  readonly giveUpFaults: boolean
}

interface Failure extends Goal {
  readonly failures: number
  readonly failedAt: UnixMillis
  readonly dueAt: UnixMillis
}

/** About two hours of trying. */
const DEFAULT_PACE: AttemptsPace = {
  firstWaitMs: 1_000,
  longestWaitMs: 600_000,
  giveUpAfterFailures: 20,
  giveUpFaults: true,
}

/** Creates an empty record of attempts: nothing has failed yet. */
export function createAttempts(ports: AttemptsPorts): Attempts {
  const { now, random, onFault, giveUp, mayGiveUp = () => true } = ports
  const pace = { ...DEFAULT_PACE, ...ports.pace }
  const failures = new Map<string, Failure>()

  async function fail(goal: CausedGoal, code: string, isFinal: boolean): Promise<'FAILED'> {
    const count = (failures.get(keyOf(goal))?.failures ?? 0) + 1
    const failedAt = now()
    const dueAt = (failedAt + waitMs(count, random(), pace)) as UnixMillis
    const { communityId, thing } = goal
    failures.set(keyOf(goal), { communityId, thing, failures: count, failedAt, dueAt })
    const givenUp = { ...goal, code, failures: count }
    if (isFinal && count >= pace.giveUpAfterFailures && mayGiveUp(givenUp)) await recordGivenUp(givenUp)
    return 'FAILED'
  }

  async function recordGivenUp(goal: GivenUp): Promise<void> {
    try {
      await giveUp(goal)
      failures.delete(keyOf(goal))
    } catch (fault) {
      onFault(fault, goal)
    }
  }

  function isDue(goal: Goal): boolean {
    const failure = failures.get(keyOf(goal))
    return failure === undefined || !isWaiting(failure, now())
  }

  return {
    isDue,
    isFailing: (communityId) => [...failures.values()].some((failure) => failure.communityId === communityId),
    async attempt(goal, work) {
      if (!isDue(goal)) return 'NOT_DUE'
      const tried = await tryOf(goal, work, ports)
      if (!tried.ok) return fail(goal, tried.error.code, pace.giveUpFaults || !tried.error.isFault)
      failures.delete(keyOf(goal))
      return 'REACHED'
    },
    nextDueAt: (lookedAt) => nextDueAt(failures, lookedAt, now()),
    forgive: (communityId) => forgive(failures, communityId),
  }
}

async function tryOf(
  goal: CausedGoal,
  work: Try,
  { watch = async (_goal, unwatched) => unwatched(), onFault }: AttemptsPorts,
): Promise<Result<unknown, { readonly code: string; readonly isFault: boolean }>> {
  try {
    const outcome = await watch(goal, work)
    return outcome.ok ? outcome : err({ code: outcome.error.code, isFault: false })
  } catch (fault) {
    onFault(fault, goal)
    return err({ code: 'INTERNAL', isFault: true })
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
  const tried = [...failures.values()]
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
