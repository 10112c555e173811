import { describe, expect, test } from 'vitest'
import { createAttempts, type Attempts, type Goal } from '../../src/reactors/attempts.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'
import { communityNumber } from '../support/sample-wishes.ts'

const START = 1_700_000_000_000 as UnixMillis
const GOAL: Goal = { communityId: communityNumber(1), thing: 'a' }

interface Tried {
  readonly attempts: Attempts
  readonly clock: MovableClock
  readonly faults: readonly unknown[]
  /** Tries to reach the goal and fails; whether it was tried at all. */
  readonly fail: (goal?: Goal) => Promise<boolean>
}

function createTried(random = 1): Tried {
  const clock = createMovableClock(START)
  const faults: unknown[] = []
  const attempts = createAttempts({
    now: clock.now,
    random: () => random,
    onFault: (fault) => faults.push(fault),
  })
  const fail = async (goal = GOAL): Promise<boolean> => {
    let isTried = false
    await attempts.attempt(goal, async () => {
      isTried = true
      return err({ code: 'NOT_YET' })
    })
    return isTried
  }
  return { attempts, clock, faults, fail }
}

/** Fails again and again, each time as soon as that is tried; returns the waits between. */
async function failRepeatedly({ attempts, clock, fail }: Tried, times: number): Promise<readonly number[]> {
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

describe('a goal that failed', () => {
  test.each([
    ['at most', 1, [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 600_000, 600_000]],
    ['at least', 0, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000]],
  ])('waits twice as long each time, %s', async (_bound, random, waits) => {
    expect(await failRepeatedly(createTried(random), waits.length)).toEqual(waits)
  })

  test('begins anew once it was reached', async () => {
    const tried = createTried()
    await failRepeatedly(tried, 5)
    await tried.attempts.attempt(GOAL, async () => ok(null))
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(null)
    expect(await failRepeatedly(tried, 1)).toEqual([1000])
  })

  test('is parked after 20 times, and shown with the reason and since when it fails', async () => {
    const tried = createTried()
    expect(await failRepeatedly(tried, 19)).toHaveLength(19)
    expect(tried.attempts.parked()).toEqual([])
    expect(await tried.fail()).toBe(true)
    expect(tried.attempts.parked()).toMatchObject([{ ...GOAL, code: 'NOT_YET', failures: 20, since: START }])
    tried.clock.advanceBy(86_400_000)
    expect(await tried.fail()).toBe(false)
    expect(tried.attempts.nextDueAt(START)).toBe(null)
  })

  test('is tried at once when its community is forgiven, and only then', async () => {
    const tried = createTried()
    await failRepeatedly(tried, 20)
    tried.attempts.forgive(communityNumber(2))
    expect(await tried.fail()).toBe(false)
    tried.attempts.forgive(GOAL.communityId)
    expect(tried.attempts.parked()).toEqual([])
    expect(await tried.fail()).toBe(true)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(tried.clock.now() + 1000)
  })

  test.each([
    ['thing', { ...GOAL, thing: 'b' }],
    ['community', { ...GOAL, communityId: communityNumber(2) }],
  ])('does not hold up another %s', async (_what, other) => {
    const tried = createTried()
    await failRepeatedly(tried, 3)
    expect(await tried.fail(other)).toBe(true)
  })

  test('by a fault counts as failed, and the fault is told', async () => {
    const tried = createTried()
    const fault = new Error('made by a test')
    for (let time = 0; time < 20; time += 1) {
      await tried.attempts.attempt(GOAL, async () => {
        throw fault
      })
      tried.clock.advanceBy(600_000)
    }
    expect(tried.faults).toEqual(Array.from({ length: 20 }, () => fault))
    expect(tried.attempts.parked()).toMatchObject([{ code: 'INTERNAL', failures: 20 }])
  })
})

describe('when to look again', () => {
  test('is never, where nothing failed', () => {
    expect(createTried().attempts.nextDueAt(START)).toBe(null)
  })

  test('is when the first goal that waits is due', async () => {
    const tried = createTried()
    await failRepeatedly(tried, 3)
    await tried.fail()
    await tried.fail({ ...GOAL, thing: 'b' })
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(tried.clock.now() + 1000)
  })

  test('is not set by a goal that was due at the last look and was not tried', async () => {
    const tried = createTried()
    await tried.fail()
    tried.clock.advanceBy(999)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(START + 1000)
    tried.clock.advanceBy(1)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(null)
  })
})

describe('a clock that is set back', () => {
  const YEAR_MS = 31_536_000_000

  test('has nobody wait for longer than was meant: what failed later than now is tried', async () => {
    const tried = createTried()
    await tried.fail()
    tried.clock.jumpBy(-YEAR_MS)
    expect(await tried.fail()).toBe(true)
    expect(await tried.fail()).toBe(false)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(tried.clock.now() + 2000)
  })

  test('by less than has passed does not have it tried early', async () => {
    const tried = createTried()
    await tried.fail()
    tried.clock.advanceBy(999)
    tried.clock.jumpBy(-500)
    expect(await tried.fail()).toBe(false)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(START + 1000)
  })

  test('during the look in which something failed has it looked for again', async () => {
    const tried = createTried()
    const lookedAt = tried.clock.now()
    tried.clock.advanceBy(100)
    await tried.fail()
    tried.clock.jumpBy(-50)
    expect(tried.attempts.nextDueAt(lookedAt)).toBe(START + 50)
    expect(await tried.fail()).toBe(true)
  })

  test('after a look found that something waits has it looked for again', async () => {
    const tried = createTried()
    await tried.fail()
    tried.clock.advanceBy(900)
    const lookedAt = tried.clock.now()
    tried.clock.jumpBy(-800)
    expect(await tried.fail()).toBe(false)
    expect(tried.attempts.nextDueAt(lookedAt)).toBe(START + 100)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(START + 1000)
  })

  test('leads to one more look where what failed is not wanted, and not to one after the other', async () => {
    const tried = createTried()
    await tried.fail()
    tried.clock.jumpBy(-YEAR_MS)
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(tried.clock.now())
    expect(tried.attempts.nextDueAt(tried.clock.now())).toBe(null)
  })

  test('frees nothing that is parked', async () => {
    const tried = createTried()
    await failRepeatedly(tried, 20)
    tried.clock.jumpBy(-YEAR_MS)
    expect(await tried.fail()).toBe(false)
    expect(tried.attempts.nextDueAt(START)).toBe(null)
  })
})
