import { expect } from 'vitest'
import { err } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import {
  createAttempts,
  type Attempts,
  type AttemptsPorts,
  type CausedGoal,
  type GivenUp,
} from '../../src/reactors/attempts.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { communityNumber } from './sample-wishes.ts'

export const START = 1_700_000_000_000 as UnixMillis
export const GOAL: CausedGoal = { communityId: communityNumber(1), thing: 'a', cause: 'event', correlationId: 'wish' }

/** Attempts, and what became of them. */
export interface Tried {
  readonly attempts: Attempts
  readonly clock: MovableClock
  readonly faults: readonly unknown[]
  readonly givenUp: readonly GivenUp[]
  /** Tries to reach the goal and fails; whether it was tried at all. */
  readonly fail: (goal?: CausedGoal) => Promise<boolean>
}

/** Creates attempts that begin at `START`. */
export function createTried(random = 1, ports: Partial<AttemptsPorts> = {}): Tried {
  const clock = createMovableClock(START)
  const faults: unknown[] = []
  const givenUp: GivenUp[] = []
  const attempts = createAttempts({
    now: clock.now,
    random: () => random,
    onFault: (fault) => faults.push(fault),
    giveUp: async (goal) => givenUp.push(goal),
    ...ports,
  })
  const fail = async (goal = GOAL): Promise<boolean> => {
    let isTried = false
    await attempts.attempt(goal, async () => {
      isTried = true
      return err({ code: 'NOT_YET' })
    })
    return isTried
  }
  return { attempts, clock, faults, givenUp, fail }
}

/** Fails again and again, each time as soon as that is tried; returns the waits between. */
export async function failRepeatedly({ attempts, clock, fail }: Tried, times: number): Promise<readonly number[]> {
  const waits: number[] = []
  for (let time = 0; time < times; time += 1) {
    expect(await fail()).toBe(true)
    const due = attempts.nextDueAt(clock.now())
    if (due === null) break
    waits.push(due - clock.now())
    clock.advanceTo((due - 1) as UnixMillis)
    expect(await fail()).toBe(false)
    clock.advanceTo(due)
  }
  return waits
}
