import { v7 } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { createScheduledRuns } from '../../../src/app/schedule/scheduled-runs.ts'
import { createSchedulesReader } from '../../../src/app/schedule/schedules.ts'
import type { RunId } from '../../../src/domain/archive.ts'
import type { CreateArchive } from '../../../src/domain/commands.ts'
import { ok, type Result } from '../../../src/domain/result.ts'
import { secondOf, type UnixMillis, type UnixSeconds } from '../../../src/domain/time.ts'
import type { Reactor } from '../../../src/reactors/reactor.ts'
import { createSchedulingReactor } from '../../../src/reactors/scheduling-reactor.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { BEGINNING, DAY, startWeeklyNode, WEEK, type WeeklyNode } from '../../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'
const YEARS = 200 * WEEK

test('a clock that is set back repeats nothing and loses nothing', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK)
  await weekly.goTo(WEEK + DAY)
  await weekly.jumpTo(4 * DAY)
  await weekly.say(5 * DAY, 8 * DAY)
  await weekly.goTo(3 * WEEK)
  expect(await weekly.runs()).toEqual([
    [0, WEEK, CREATED],
    [WEEK, 2 * WEEK, CREATED],
    [2 * WEEK, 3 * WEEK, 'NoArchiveCreated'],
  ])
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 1],
    [WEEK, 2 * WEEK, 2],
    [5 * DAY, 5 * DAY + 1, 1],
  ])
})

test('a clock that ran ahead for years and is set right does not hold up what is said after', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.goTo(DAY)
  await weekly.jumpTo(YEARS + DAY)
  expect(await weekly.runs()).toEqual([[0, YEARS, CREATED]])
  await weekly.jumpTo(2 * DAY)
  expect(await weekly.next()).toBe(YEARS + WEEK)
  await weekly.say(2 * DAY)
  expect([await weekly.next(), await weekly.late()]).toEqual([2 * DAY + WEEK, 1])
  await weekly.goTo(2 * DAY + WEEK)
  await weekly.say(10 * DAY, 11 * DAY)
  await weekly.goTo(5 * WEEK)
  expect(await weekly.runs()).toEqual([
    [0, YEARS, CREATED],
    [YEARS, YEARS, CREATED],
    [YEARS, YEARS, CREATED],
  ])
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 1],
    [2 * DAY, 2 * DAY + 1, 1],
    [10 * DAY, 11 * DAY + 1, 2],
  ])
})

test('a run that fails under a log that is years ahead is tried again, and not without a pause', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.jumpTo(YEARS)
  await weekly.jumpTo(DAY)
  await weekly.say(DAY)
  weekly.node.mischief.fileFault = { code: 'EACCES', stepsLeft: 0, times: Number.MAX_SAFE_INTEGER }
  await weekly.goTo(DAY + WEEK + 89)
  expect((await weekly.community()).failedRuns?.count).toBe(3)
  weekly.node.mischief.fileFault = null
  await weekly.goTo(DAY + WEEK + 90)
  expect((await weekly.archives()).at(-1)).toEqual([DAY, DAY + 1, 1])
})

test('of two who see that a run is due, and of one who wishes for it by hand, one starts it', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.goTo(WEEK - 1)
  const another = startAnother(weekly)
  await another.reactor.settled()
  weekly.clock.advanceBy(1_000)
  const byHand = await weekly.ports.execute(createArchiveByHand(weekly), metaOf())
  await another.reactor.settled()
  await weekly.goTo(WEEK + 1)
  expect(await weekly.runs()).toEqual([[0, WEEK, CREATED]])
  expect(another.answers).toHaveLength(1)
  expect([byHand, ...another.answers].filter((answer) => answer.ok).length).toBeLessThanOrEqual(1)
})

test('a community that is switched off between a look and its wish gets no run', async () => {
  const weekly = await startWeeklyNode()
  const { communityId } = weekly
  await weekly.say(0)
  const cases = [
    ['DisableArchiving', 'EnableArchiving', 'ArchivingIsDisabled'],
    ['WithdrawSeeding', 'RequestSeeding', 'SeedingIsWithdrawn'],
    ['LeaveCommunity', null, 'CommunityWasLeft'],
  ] as const
  for (const [off, on, refusal] of cases) {
    const switchOff = async (): Promise<unknown> => weekly.ports.execute({ type: off, communityId }, metaOf())
    // Its clock runs ahead, so that the node itself sees nothing due.
    const { reactor, answers } = startAnother(weekly, { aheadMs: WEEK * 1000, before: switchOff })
    await reactor.settled()
    expect(answers).toMatchObject([{ ok: false, error: { type: refusal } }])
    if (on !== null) await weekly.wish(on)
  }
  expect(await weekly.runs()).toEqual([])
})

interface AnotherOptions {
  readonly aheadMs?: number
  /** Comes between what it sees and what it wishes. */
  readonly before?: () => Promise<unknown>
}

interface Another {
  readonly reactor: Reactor
  /** What its wishes came to. */
  readonly answers: readonly Result<unknown, { readonly type: string }>[]
}

/** One more that starts runs of the node. */
function startAnother(weekly: WeeklyNode, { aheadMs = 0, before }: AnotherOptions = {}): Another {
  const now = (): UnixMillis => (weekly.clock.now() + aheadMs) as UnixMillis
  const ports = { ...weekly.ports, now }
  const createArchive = createScheduledRuns({
    ...ports,
    checkSpace: async () => ok(null),
    checkPrevious: async () => ok(null),
  })
  const answers: Result<unknown, { readonly type: string }>[] = []
  const reactor = createSchedulingReactor({
    readSchedules: createSchedulesReader(ports),
    recordingUntil: () => null,
    async createArchive(communityId) {
      await before?.()
      const answer = await createArchive(communityId)
      answers.push(answer)
      return answer
    },
    wallClock: { ...weekly.clock, now },
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  return { reactor, answers }
}

function createArchiveByHand({ communityId, clock }: WeeklyNode): CreateArchive {
  const known = { now: secondOf(clock.now()), oldestMessageAt: BEGINNING as UnixSeconds, protocolEnabled: true }
  return { type: 'CreateArchive', communityId, runId: v7() as RunId, from: null, to: null, ...known }
}
