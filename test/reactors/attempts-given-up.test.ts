import { describe, expect, test } from 'vitest'
import type { GivenUp } from '../../src/reactors/attempts.ts'
import { createTried, failRepeatedly, GOAL, START } from '../support/failing-attempts.ts'

describe('a goal that fails time and again', () => {
  test('is given up after 20 times, with the reason and what made it one, and begins anew after that', async () => {
    const tried = createTried()
    expect(await failRepeatedly(tried, 19)).toHaveLength(19)
    expect(tried.givenUp).toEqual([])
    expect(await tried.fail()).toBe(true)
    expect(tried.givenUp).toEqual([{ ...GOAL, code: 'NOT_YET', failures: 20 }])
    // Whoever plans leaves it out from here on; should it be tried once more, it has all its tries again.
    expect(tried.attempts.nextDueAt(START)).toBe(null)
    expect(tried.attempts.isFailing(GOAL.communityId)).toBe(false)
    expect(await failRepeatedly(tried, 1)).toEqual([1000])
  })

  test('waits on where it cannot be recorded that it is given up, and that is tried again', async () => {
    let isBroken = true
    const fault = new Error('made by a test')
    const tried = createTried(1, { giveUp: async () => (isBroken ? Promise.reject(fault) : undefined) })
    expect(await failRepeatedly(tried, 21)).toHaveLength(21)
    expect(tried.faults).toEqual([fault, fault])
    isBroken = false
    expect(await failRepeatedly(tried, 1)).toEqual([])
    expect(tried.faults).toHaveLength(2)
  })

  test('is not given up as long as it may not be', async () => {
    let mayGiveUp = false
    const givenUp: number[] = []
    const giveUp = async ({ failures }: GivenUp): Promise<unknown> => givenUp.push(failures)
    const tried = createTried(1, { giveUp, mayGiveUp: () => mayGiveUp })
    await failRepeatedly(tried, 30)
    expect(tried.attempts.isFailing(GOAL.communityId)).toBe(true)
    mayGiveUp = true
    await tried.fail()
    expect(givenUp).toEqual([31])
  })
})
