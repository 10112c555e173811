import { describe, expect, test } from 'vitest'
import { ok } from '../../src/domain/result.ts'
import { createTried, failRepeatedly, GOAL, START } from '../support/failing-attempts.ts'
import { communityNumber } from '../support/sample-wishes.ts'

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

  test('is tried at once when its community is forgiven, and only then', async () => {
    const tried = createTried()
    await failRepeatedly(tried, 10)
    await tried.fail()
    tried.attempts.forgive(communityNumber(2))
    expect(await tried.fail()).toBe(false)
    tried.attempts.forgive(GOAL.communityId)
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
    expect(tried.givenUp).toMatchObject([{ code: 'INTERNAL', failures: 20 }])
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
})
