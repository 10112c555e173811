import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createReactor, type Reactor } from '../../src/reactors/reactor.ts'
import type { UnixMillis } from '../../src/domain/time.ts'

interface Watched {
  readonly reactor: Reactor
  readonly faults: readonly unknown[]
  /** How many looks began, and how many ran at once at most. */
  readonly looks: { begun: number; most: number }
  /** Lets the look under way end: with the time of the next, or a fault. */
  readonly end: (next: number | null | Error) => Promise<void>
}

function createWatched(): Watched {
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
    now: () => Date.now() as UnixMillis,
    onFault: (fault) => faults.push(fault),
  })
  const end: Watched['end'] = async (next) => {
    if (next instanceof Error) look.reject(next)
    else look.resolve(next)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { reactor, faults, looks, end }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a reactor', () => {
  test('looks when it is woken, and not before', async () => {
    const { reactor, looks, end } = createWatched()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks.begun).toBe(0)
    reactor.wake()
    expect(looks.begun).toBe(1)
    await end(null)
    await vi.advanceTimersByTimeAsync(86_400_000)
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
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(Date.now() + 5000)
    await vi.advanceTimersByTimeAsync(4999)
    expect(looks.begun).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(looks.begun).toBe(2)
  })

  test('looks again at once where that time has passed', async () => {
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(Date.now() - 5000)
    expect(looks.begun).toBe(2)
  })

  test('goes by the time that the last look gave', async () => {
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(Date.now() + 5000)
    reactor.wake()
    await end(Date.now() + 60_000)
    await vi.advanceTimersByTimeAsync(59_999)
    expect(looks.begun).toBe(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(looks.begun).toBe(3)
  })

  test('waits for a time that is further than a timer goes', async () => {
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(Date.now() + 2 ** 32)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks.begun).toBe(1)
  })

  test('tells of a look that failed, and looks again after a pause', async () => {
    const { reactor, looks, faults, end } = createWatched()
    const fault = new Error('made by a test')
    reactor.wake()
    await end(fault)
    expect(faults).toEqual([fault])
    await vi.advanceTimersByTimeAsync(999)
    expect(looks.begun).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(looks.begun).toBe(2)
    await end(null)
    await vi.advanceTimersByTimeAsync(60_000)
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
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    reactor.wake()
    let isStopped = false
    const stopped = reactor.stop().then(() => (isStopped = true))
    await vi.advanceTimersByTimeAsync(0)
    expect(isStopped).toBe(false)
    await end(Date.now() + 10)
    await stopped
    reactor.wake()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks.begun).toBe(1)
  })

  test('that is stopped forgets when it was to look', async () => {
    const { reactor, looks, end } = createWatched()
    reactor.wake()
    await end(Date.now() + 10)
    await reactor.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks.begun).toBe(1)
  })
})
