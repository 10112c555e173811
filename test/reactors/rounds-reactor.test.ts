import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { createRoundsReactor, type RoundsReactor } from '../../src/reactors/rounds-reactor.ts'
import { advanceReactor } from '../support/advance-reactor.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'
import { communityNumber } from '../support/sample-wishes.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const one = communityNumber(1)
const two = communityNumber(2)

interface Rounds {
  readonly clock: MovableClock
  readonly reactor: RoundsReactor
  /** What is wanted; a test changes it. */
  readonly wanted: Map<CommunityId, string>
  /** What a round of a community comes to; ok where nothing is said. */
  readonly outcomes: Map<CommunityId, () => Promise<Result<unknown, { readonly code: string }>>>
  /** The rounds so far: the number of the community, what was done, and after how many minutes. */
  readonly gone: readonly (readonly [number, string, number])[]
  readonly faults: readonly unknown[]
  advance(byMs: number): Promise<void>
}

function startRounds(...communities: readonly CommunityId[]): Rounds {
  const clock = createMovableClock()
  const start = clock.now()
  const wanted = new Map(communities.map((communityId) => [communityId, 'A']))
  const outcomes: Rounds['outcomes'] = new Map()
  const gone: (readonly [number, string, number])[] = []
  const faults: unknown[] = []
  const reactor = createRoundsReactor({
    name: 'rounds',
    readWanted: async () => [...wanted].map(([communityId, thing]) => ({ communityId, thing })),
    async go({ communityId, thing }) {
      gone.push([Number(communityId), thing, (clock.now() - start) / MINUTE])
      return outcomes.get(communityId)?.() ?? ok(null)
    },
    wallClock: clock,
    random: () => 1,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  return { clock, reactor, wanted, outcomes, gone, faults, advance: (byMs) => advanceReactor(reactor, clock, byMs) }
}

describe('rounds', () => {
  test('are gone at once, and then hourly', async () => {
    const { gone, advance } = startRounds(one)
    await advance(2 * HOUR)
    expect(gone).toEqual([
      [1, 'A', 0],
      [1, 'A', 60],
      [1, 'A', 120],
    ])
  })

  test('are gone at once where there is something new, which is then due hourly itself', async () => {
    const { gone, wanted, reactor, advance } = startRounds(one)
    await advance(10 * MINUTE)
    wanted.set(one, 'B')
    reactor.wake()
    await advance(HOUR)
    expect(gone.slice(1)).toEqual([
      [1, 'B', 10],
      [1, 'B', 70],
    ])
  })

  test('that came to nothing are gone again, ever later, and say why; but never given up', async () => {
    const { gone, outcomes, reactor, advance } = startRounds(one)
    outcomes.set(one, async () => err({ code: 'NO_NODES' }))
    await advance(45 * MINUTE)
    expect(gone.map(([, , at]) => at)).toEqual([0, 1, 3, 7, 15, 25, 35, 45])
    expect(reactor.lastRounds().get(one)).toMatchObject({ code: 'NO_NODES', failures: 8 })
    await advance(24 * HOUR)
    expect(gone).toHaveLength(8 + 24 * 6)
    outcomes.clear()
    await advance(10 * MINUTE)
    expect(reactor.lastRounds().get(one)).toMatchObject({ code: null, failures: 0 })
    await advance(HOUR)
    expect(gone).toHaveLength(8 + 24 * 6 + 2)
  })

  test('that failed do not slow down what is new', async () => {
    const { gone, outcomes, wanted, reactor, advance } = startRounds(one)
    outcomes.set(one, async () => err({ code: 'NO_NODES' }))
    await advance(30 * MINUTE)
    const count = gone.length
    wanted.set(one, 'B')
    reactor.wake()
    await advance(MINUTE)
    expect(gone.slice(count)).toEqual([
      [1, 'B', 30],
      [1, 'B', 31],
    ])
  })

  test('of one community that throw hold up no other', async () => {
    const { gone, outcomes, faults, advance } = startRounds(one, two)
    const fault = new Error('broken')
    outcomes.set(one, async () => Promise.reject(fault))
    await advance(0)
    expect(gone).toEqual([
      [1, 'A', 0],
      [2, 'A', 0],
    ])
    expect(faults).toEqual([fault])
  })

  test('end with the wish, and begin anew with it', async () => {
    const { gone, wanted, reactor, advance } = startRounds(one)
    await advance(MINUTE)
    wanted.clear()
    reactor.wake()
    await advance(2 * HOUR)
    expect(gone).toHaveLength(1)
    expect(reactor.lastRounds().size).toBe(0)
    wanted.set(one, 'A')
    reactor.wake()
    await advance(0)
    expect(gone).toHaveLength(2)
  })

  test('of one community never overlap, and at most eight are under way', async () => {
    const many = Array.from({ length: 20 }, (_, number) => communityNumber(number + 1))
    const { gone, outcomes, reactor } = startRounds(...many)
    const ends = new Map<CommunityId, PromiseWithResolvers<Result<unknown, { readonly code: string }>>>()
    for (const each of many) {
      const end = Promise.withResolvers<Result<unknown, { readonly code: string }>>()
      ends.set(each, end)
      outcomes.set(each, () => end.promise)
    }
    await expect.poll(() => gone.length).toBe(8)
    reactor.wake()
    await new Promise(setImmediate)
    expect(gone).toHaveLength(8)
    for (const { resolve } of ends.values()) resolve(ok(null))
    await reactor.settled()
    expect(gone.map(([number]) => number)).toEqual(many.map((_, index) => index + 1))
  })

  test.each([-365 * 24 * HOUR, 365 * 24 * HOUR])('go on after a clock that jumped by %d ms', async (jump) => {
    const { clock, gone, reactor, advance } = startRounds(one)
    await advance(MINUTE)
    clock.jumpBy(jump)
    await reactor.settled()
    const count = gone.length
    await advance(HOUR)
    expect(gone).toHaveLength(count + 1)
  })
})
