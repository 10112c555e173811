import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LONGEST_STRETCH_MS, systemClock } from '../../src/app/system-clock.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'

const START = 1_800_000_000_000 as UnixMillis
const WEEK_MS = 7 * 86_400_000

/** What the waiting may rely on, whichever clock it goes by; the tests' own must not be kinder than the system's. */
type Clock = Pick<MovableClock, 'now' | 'wakeAt' | 'advanceBy' | 'jumpBy'>

function createSystem(): Clock {
  return {
    ...systemClock,
    advanceBy: (ms) => void vi.advanceTimersByTime(ms),
    // The timers of Node.js do not see the jump.
    jumpBy: (ms) => {
      vi.setSystemTime(Date.now() + ms)
      vi.advanceTimersByTime(LONGEST_STRETCH_MS)
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each([
  ['the clock of the system', createSystem],
  ['the clock of tests', () => createMovableClock(START)],
])('%s', (_which, createClock) => {
  /** Waits until a time after now; the times at which it was woken, after now. */
  function wait(clock: Clock, ms: number): { readonly wokenAfter: readonly number[]; readonly cancel: () => void } {
    const begun = clock.now()
    const wokenAfter: number[] = []
    const cancel = clock.wakeAt((begun + ms) as UnixMillis, () => wokenAfter.push(clock.now() - begun))
    return { wokenAfter, cancel }
  }

  test.each([1, 1000, LONGEST_STRETCH_MS, LONGEST_STRETCH_MS + 1, WEEK_MS, 2 ** 31 + 1])(
    'wakes when the time has come, once: after %i ms',
    (ms) => {
      const clock = createClock()
      const { wokenAfter } = wait(clock, ms)
      clock.advanceBy(ms - 1)
      expect(wokenAfter).toEqual([])
      clock.advanceBy(1)
      expect(wokenAfter).toEqual([ms])
      clock.advanceBy(WEEK_MS)
      expect(wokenAfter).toEqual([ms])
    },
  )

  test.each([0, -WEEK_MS])('wakes at once where the time has passed, but not before it has answered: %i ms', (ms) => {
    const clock = createClock()
    const { wokenAfter } = wait(clock, ms)
    expect(wokenAfter).toEqual([])
    vi.advanceTimersByTime(1)
    expect(wokenAfter).toHaveLength(1)
    clock.advanceBy(WEEK_MS)
    expect(wokenAfter).toHaveLength(1)
  })

  test('wakes nobody who cancelled', () => {
    const clock = createClock()
    const waits = [-1, 0, 1, WEEK_MS].map((ms) => wait(clock, ms))
    for (const { cancel } of waits) cancel()
    expect(vi.getTimerCount()).toBe(0)
    clock.advanceBy(2 * WEEK_MS)
    clock.jumpBy(-4 * WEEK_MS)
    for (const { wokenAfter } of waits) expect(wokenAfter).toEqual([])
  })

  test('wakes each at its time, in order', () => {
    const clock = createClock()
    const wokenAt: number[] = []
    for (const ms of [3000, 1000, 2000]) {
      clock.wakeAt((START + ms) as UnixMillis, () => wokenAt.push(clock.now() - START))
    }
    clock.advanceBy(4000)
    expect(wokenAt).toEqual([1000, 2000, 3000])
  })

  test('that jumps forth over the time wakes within a stretch', () => {
    const clock = createClock()
    const { wokenAfter } = wait(clock, WEEK_MS)
    clock.advanceBy(90_000)
    clock.jumpBy(WEEK_MS)
    expect(wokenAfter).toHaveLength(1)
  })

  test('that jumps forth to before the time wakes at the time all the same', () => {
    const clock = createClock()
    const { wokenAfter } = wait(clock, WEEK_MS)
    clock.jumpBy(WEEK_MS - 2 * LONGEST_STRETCH_MS)
    expect(wokenAfter).toEqual([])
    clock.advanceBy(2 * LONGEST_STRETCH_MS)
    expect(wokenAfter).toEqual([WEEK_MS])
  })

  test('that is set back by less than has passed wakes at the time, and not before', () => {
    const clock = createClock()
    const { wokenAfter } = wait(clock, WEEK_MS)
    clock.advanceBy(WEEK_MS - 1)
    clock.jumpBy(3 * LONGEST_STRETCH_MS - WEEK_MS)
    expect(wokenAfter).toEqual([])
    clock.advanceBy(WEEK_MS)
    expect(wokenAfter).toEqual([WEEK_MS])
  })

  test('that is set back to before the wait began wakes within a stretch, so that nobody waits for years', () => {
    const clock = createClock()
    const { wokenAfter } = wait(clock, WEEK_MS)
    clock.advanceBy(90_000)
    clock.jumpBy(-520 * WEEK_MS)
    expect(wokenAfter).toHaveLength(1)
    clock.advanceBy(WEEK_MS)
    expect(wokenAfter).toHaveLength(1)
  })
})
