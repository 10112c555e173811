import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { ok } from '../../src/domain/result.ts'
import type { Schedule } from '../../src/domain/schedule.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { Reactor } from '../../src/reactors/reactor.ts'
import { createSchedulingReactor } from '../../src/reactors/scheduling-reactor.ts'
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts'
import { communityNumber } from '../support/sample-wishes.ts'

interface Scheduling {
  readonly clock: MovableClock
  readonly reactor: Reactor
  /** What is planned; a test changes it. */
  readonly schedules: Map<CommunityId, Schedule>
  readonly recordingUntil: Map<CommunityId, UnixMillis>
  /** The wishes for runs so far: whose, and after how many milliseconds. */
  readonly wishes: readonly (readonly [CommunityId, number])[]
  advance(byMs: number): Promise<void>
}

function startScheduling(): Scheduling {
  const clock = createMovableClock()
  const start = clock.now()
  const schedules = new Map<CommunityId, Schedule>()
  const recordingUntil = new Map<CommunityId, UnixMillis>()
  const wishes: (readonly [CommunityId, number])[] = []
  const reactor = createSchedulingReactor({
    readSchedules: async () => [...schedules].map(([communityId, schedule]) => ({ communityId, schedule })),
    recordingUntil: (communityId) => recordingUntil.get(communityId) ?? null,
    createArchive: async (communityId) => {
      wishes.push([communityId, clock.now() - start])
      return ok(null)
    },
    wallClock: clock,
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  onTestFinished(async () => reactor.stop())
  async function advance(byMs: number): Promise<void> {
    const end = clock.now() + byMs
    for (;;) {
      await reactor.settled()
      const next = clock.nextWakeAt()
      if (next === null || next > end) break
      clock.advanceTo(next)
      // An overdue wake-up comes with the next turn of the event loop.
      await new Promise(setImmediate)
    }
    clock.advanceTo(end as UnixMillis)
    await reactor.settled()
  }
  return { clock, reactor, schedules, recordingUntil, wishes, advance }
}

const one = communityNumber(1)
const two = communityNumber(2)

describe('a run by itself', () => {
  test('is wished for when it is due, of each community at its own time', async () => {
    const { clock, reactor, schedules, wishes, advance } = startScheduling()
    const plan = (inMs: number): Schedule => ({ status: 'PLANNED', at: (clock.now() + inMs) as UnixMillis })
    schedules.set(one, plan(5_000)).set(two, plan(1_000))
    reactor.wake()
    await advance(999)
    expect(wishes).toEqual([])
    await advance(1)
    expect(wishes).toEqual([[two, 1_000]])
    schedules.set(two, { status: 'RUNNING' })
    await advance(4_000)
    expect(wishes).toEqual([
      [two, 1_000],
      [one, 5_000],
    ])
  })

  test('is wished for at once where its time has passed, as after a month switched off', async () => {
    const { reactor, schedules, wishes } = startScheduling()
    schedules.set(one, { status: 'PLANNED', at: 0 as UnixMillis })
    reactor.wake()
    await reactor.settled()
    expect(wishes).toEqual([[one, 0]])
  })

  test.each<Schedule>([
    { status: 'SUSPENDED', because: 'OFFLINE' },
    { status: 'RUNNING' },
    { status: 'WAITING_FOR_MESSAGE' },
  ])('is not wished for while the schedule is $status', async (schedule) => {
    const { clock, reactor, schedules, wishes } = startScheduling()
    schedules.set(one, schedule)
    reactor.wake()
    await reactor.settled()
    expect(wishes).toEqual([])
    expect(clock.nextWakeAt()).toBeNull()
  })

  test('comes with the jump of a clock', async () => {
    const { clock, reactor, schedules, wishes } = startScheduling()
    schedules.set(one, { status: 'PLANNED', at: (clock.now() + 604_800_000) as UnixMillis })
    reactor.wake()
    await reactor.settled()
    clock.jumpBy(604_800_000)
    await reactor.settled()
    expect(wishes).toEqual([[one, 604_800_000]])
  })

  test('comes half a minute after the last at the earliest, whatever recorded times say', async () => {
    const { reactor, schedules, wishes, advance } = startScheduling()
    schedules.set(one, { status: 'PLANNED', at: 0 as UnixMillis })
    reactor.wake()
    await advance(65_000)
    expect(wishes.map(([, at]) => at)).toEqual([0, 30_000, 60_000])
  })

  test('does not wait out a pause that lies ahead of a clock that was set back', async () => {
    const { clock, reactor, schedules, wishes } = startScheduling()
    schedules.set(one, { status: 'PLANNED', at: 0 as UnixMillis })
    reactor.wake()
    await reactor.settled()
    clock.jumpBy(-86_400_000)
    await reactor.settled()
    expect(wishes.map(([, at]) => at)).toEqual([0, -86_400_000])
  })

  test('waits while messages of its community are still coming in', async () => {
    const { clock, reactor, schedules, recordingUntil, wishes, advance } = startScheduling()
    schedules.set(one, { status: 'PLANNED', at: 0 as UnixMillis }).set(two, { status: 'PLANNED', at: 0 as UnixMillis })
    recordingUntil.set(one, (clock.now() + 10_000) as UnixMillis)
    reactor.wake()
    await advance(9_999)
    expect(wishes).toEqual([[two, 0]])
    schedules.set(two, { status: 'RUNNING' })
    recordingUntil.set(one, (clock.now() + 10_001) as UnixMillis)
    await advance(10_000)
    expect(wishes).toEqual([[two, 0]])
    recordingUntil.delete(one)
    await advance(1)
    expect(wishes).toEqual([
      [two, 0],
      [one, 20_000],
    ])
  })
})
