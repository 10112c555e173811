import { describe, expect, test } from 'vitest'
import { DEFAULT_REDISPATCH_SECONDS } from '../../src/domain/community-settings.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { openReactingNode } from '../support/reacting-node.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { BEGINNING, startWeeklyNode, WEEK, type WeeklyNode } from '../support/weekly-node.ts'

// What goes wrong in the reference as time goes by; reference-faults.test.ts has what goes wrong with files.

const REDISPATCH_MS = DEFAULT_REDISPATCH_SECONDS * 1000

/** What the log has of one kind, with the second in which it was recorded. */
async function timesOf({ node }: WeeklyNode, type: DomainEvent['type']): Promise<readonly number[]> {
  const events = await node.process.stores.log.read({ limit: 1000 })
  return events.filter(({ event }) => event.type === type).map(({ recordedAt }) => recordedAt / 1000 - BEGINNING)
}

test('“Seeding stops at the next restart, as there is no torrent file”: it goes on, and nothing is told anew', async () => {
  const weekly = await startWeeklyNode()
  const { node } = weekly
  await weekly.say(0)
  await weekly.goTo(WEEK)
  const served = node.process.client.active()
  expect(served.size).toBe(1)
  const before = (await weekly.facts()).length
  await node.stop()
  await node.start()
  expect(node.process.client.active()).toEqual(served)
  expect((await weekly.facts()).slice(before).map(({ type }) => type)).toEqual(['NodeStopped', 'NodeStarted'])
})

describe('“It compares counts, not sets, to decide that nothing is new”', () => {
  test('a late message is packed, though its week has as many messages as the week that is looked at', async () => {
    const weekly = await startWeeklyNode()
    await weekly.say(0)
    await weekly.goTo(WEEK)
    await weekly.say(WEEK / 2)
    await weekly.say(WEEK)
    await weekly.goTo(2 * WEEK)
    expect(await weekly.archives()).toEqual([
      [0, WEEK, 1],
      [WEEK, 2 * WEEK, 1],
      [WEEK / 2, WEEK / 2 + 1, 1],
    ])
  })

  test('a message that comes again is not, though there are more than before', async () => {
    const weekly = await startWeeklyNode()
    const { node, communityId } = weekly
    const message = sampleMessage({ timestamp: BEGINNING as UnixSeconds })
    await node.record(communityId, [message])
    await weekly.goTo(WEEK)
    await node.record(communityId, [message, message])
    await weekly.goTo(2 * WEEK)
    expect(await weekly.archives()).toEqual([[0, WEEK, 1]])
    expect((await weekly.runs()).at(-1)).toEqual([WEEK, 2 * WEEK, 'NoArchiveCreated'])
  })
})

describe('“It waits in 100 ms and 1 s polls”', () => {
  test('a node that has nothing to do looks at nothing, and waits for the time that is planned alone', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const timersBefore = timers()
    let looks = 0
    const node = await openReactingNode({
      schedules: () => ({
        readSchedules: async () => ((looks += 1), []),
        recordingUntil: () => null,
        createArchive: async () => expect.unreachable(),
      }),
    })
    await node.calm()
    expect(node.clock.nextWakeAt()).toBeNull()
    await node.addArchived()
    const [head, seen, calls] = [node.log.head(), looks, node.client.calls.length]
    expect(node.clock.nextWakeAt()).toBe(node.clock.now() + REDISPATCH_MS)
    node.clock.advanceBy(REDISPATCH_MS - 1)
    await node.reactors.settled()
    expect([node.log.head(), looks, node.client.calls.length]).toEqual([head, seen, calls])
    // Nor does it wait by any clock but its own.
    expect(timers()).toBeLessThanOrEqual(timersBefore)
  })

  test('a week that is waited for wakes the node at its end, and not before', async () => {
    const weekly = await startWeeklyNode()
    expect(weekly.clock.nextWakeAt()).toBeNull()
    await weekly.say(0)
    // By then no more messages are expected to come in with this one.
    await weekly.goTo(60)
    expect(weekly.clock.nextWakeAt()).toBe((BEGINNING + WEEK) * 1000)
  })
})

describe('“A bad archive is retried every 100 ms for ever”', () => {
  test('a run that fails is tried again ever later, up to once an hour, and is seen', async () => {
    const weekly = await startWeeklyNode()
    await weekly.say(0)
    weekly.node.mischief.fileFault = { code: 'ENOSPC', stepsLeft: 0, times: Infinity }
    await weekly.goTo(WEEK + 5 * 3600)
    const failures = await timesOf(weekly, 'ArchiveCreationFailed')
    const waits = failures.map((at, index) => at - (failures[index - 1] ?? WEEK))
    expect(waits).toEqual([0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
    expect((await weekly.community()).failedRuns).toMatchObject({ count: failures.length })
    expect(await weekly.lastRun()).toMatchObject({ status: 'FAILED', code: 'DISK_FULL' })

    weekly.node.mischief.fileFault = null
    await weekly.goTo(WEEK + 6 * 3600)
    expect((await weekly.community()).failedRuns).toBeNull()
    expect(await weekly.lastRun()).toMatchObject({ status: 'CREATED', code: null })
  })
})

describe('“A magnet link is announced once; if that fails nobody hears of it”', () => {
  test('it is announced again after it failed, and every eight hours from then on', async () => {
    let isThere = false
    const missing = { ok: false, error: { type: 'SigningKeyMissing' } } as const
    const node = await openReactingNode({
      keys: (keys) => ({ ...keys, sign: async (...args) => (isThere ? keys.sign(...args) : missing) }),
    })
    await node.addArchived()
    expect(await node.story()).toEqual(['SeedingStarted 1'])
    isThere = true
    const retryAt = node.clock.nextWakeAt() ?? expect.unreachable()
    expect(retryAt - node.clock.now()).toBeLessThanOrEqual(1000)
    await node.advance(retryAt - node.clock.now())
    expect(await node.story()).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
    await node.advance(2 * REDISPATCH_MS)
    const dispatched = (await node.recorded()).filter(({ event }) => event.type === 'MagnetlinkDispatched')
    const first = dispatched[0]?.recordedAt ?? expect.unreachable()
    expect(dispatched.map(({ recordedAt }) => recordedAt - first)).toEqual([0, REDISPATCH_MS, 2 * REDISPATCH_MS])
  })
})
