import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createReactor, type Reactor } from '../../src/reactors/reactor.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'

interface Watched {
  readonly reactor: Reactor
  readonly clock: MovableClock
  readonly faults: readonly unknown[]
  /** How many looks began, and how many ran at once at most. */
  readonly looks: { begun: number; most: number }
  /** Lets the look under way end: with how soon to look again, in milliseconds, or a fault. */
  readonly end: (nextMs: number | null | Error) => Promise<void>
}

function createWatched(): Watched {
  const clock = createMovableClock()
  const looks = { begun: 0, most: 0 }
  const faults: unknown[] = []
  let under = 0
  let look = Promise.withResolvers<number | null>()
  const reactor = createReactor({
    name: 'watched',
    react: async () => {
      looks.begun += 1
      under += 1
      looks.most = Math.max(looks.most, under)
      look = Promise.withResolvers()
      try {
        return (await look.promise) as UnixMillis | null
      } finally {
        under -= 1
      }
    },
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  const end: Watched['end'] = async (nextMs) => {
    if (nextMs instanceof Error) look.reject(nextMs)
    else look.resolve(nextMs === null ? null : clock.now() + nextMs)
    await setImmediate()
  }
  return { reactor, clock, faults, looks, end }
}

describe('a reactor', () => {
  test('looks when it is woken, and not before', async () => {
    const { reactor, clock, looks, end } = createWatched()
    clock.advanceBy(60_000)
    expect(looks.begun).toBe(0)
    reactor.wake()
    expect(looks.begun).toBe(1)
    await end(null)
    clock.advanceBy(86_400_000)
    expect(looks.begun).toBe(1)
  })

  test('looks once more for all that woke it during a look, and never twice at once', async () => {
    const { reactor, looks, end } = createWatched()
    for (let time = 0; time < 10; time += 1) reactor.wake()
    expect(looks).toEqual({ begun: 1, most: 1 })
    await end(null)
    expect(looks).toEqual({ begun: 2, most: 1 })
    await end(null)
    expect(looks).toEqual({ begun: 2, most: 1 })
    reactor.wake()
    expect(looks).toEqual({ begun: 3, most: 1 })
  })

  test('looks again at the time that the look gave', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    await end(5000)
    clock.advanceBy(4999)
    expect(looks.begun).toBe(1)
    clock.advanceBy(1)
    expect(looks.begun).toBe(2)
  })

  test('looks again at once where that time has passed', async () => {
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(-5000)
    await setImmediate()
    expect(looks.begun).toBe(2)
  })

  test('goes by the time that the last look gave', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    await end(5000)
    reactor.wake()
    await end(60_000)
    clock.advanceBy(59_999)
    expect(looks.begun).toBe(2)
    clock.advanceBy(1)
    expect(looks.begun).toBe(3)
  })

  test('looks at the time that was meant, where the clock is set back for a while', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    await end(5000)
    clock.advanceBy(4000)
    clock.jumpBy(-3000)
    expect(looks.begun).toBe(1)
    clock.jumpBy(3000)
    clock.advanceBy(999)
    expect(looks.begun).toBe(1)
    clock.advanceBy(1)
    expect(looks.begun).toBe(2)
  })

  test('reckons anew where the clock was set back to before it last did', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    await end(5000)
    clock.jumpBy(-31_536_000_000)
    expect(looks.begun).toBe(2)
    await end(3000)
    clock.advanceBy(2999)
    expect(looks.begun).toBe(2)
    clock.advanceBy(1)
    expect(looks.begun).toBe(3)
  })

  test('tells of a look that failed, and looks again after a pause', async () => {
    const { reactor, clock, looks, faults, end } = createWatched()
    const fault = new Error('made by a test')
    reactor.wake()
    await end(fault)
    expect(faults).toEqual([fault])
    clock.advanceBy(999)
    expect(looks.begun).toBe(1)
    clock.advanceBy(1)
    expect(looks.begun).toBe(2)
    await end(null)
    clock.advanceBy(60_000)
    expect(looks.begun).toBe(2)
  })

  test('is settled when no look is under way and none is due', async () => {
    const { reactor, end } = createWatched()
    await reactor.settled()
    reactor.wake()
    reactor.wake()
    let isSettled = false
    const settled = reactor.settled().then(() => (isSettled = true))
    await end(null)
    expect(isSettled).toBe(false)
    await end(null)
    await settled
  })

  test('that is stopped ends its look and begins no other', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    reactor.wake()
    let isStopped = false
    const stopped = reactor.stop().then(() => (isStopped = true))
    await setImmediate()
    expect(isStopped).toBe(false)
    await end(10)
    await stopped
    reactor.wake()
    clock.advanceBy(60_000)
    expect(looks.begun).toBe(1)
  })

  test('that is stopped forgets when it was to look', async () => {
    const { reactor, clock, looks, end } = createWatched()
    reactor.wake()
    await end(10)
    await reactor.stop()
    expect(clock.nextWakeAt()).toBe(null)
    clock.advanceBy(60_000)
    expect(looks.begun).toBe(1)
  })
})
