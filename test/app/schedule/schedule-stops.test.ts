import { expect, test } from 'vitest'
import { DAY, startWeeklyNode, WEEK } from '../../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'

test('what is switched off has no schedule and is not served; switched on again, it catches up', async () => {
  const weekly = await startWeeklyNode()
  const switches = [
    ['DisableArchiving', 'EnableArchiving', 'ARCHIVING_DISABLED'],
    ['WithdrawSeeding', 'RequestSeeding', 'SEEDING_WITHDRAWN'],
    ['DisableProtocol', 'EnableProtocol', 'PROTOCOL_DISABLED'],
    ['GoOffline', 'GoOnline', 'OFFLINE'],
  ] as const
  await weekly.say(0)
  await weekly.goTo(WEEK)
  for (const [index, [off, on, because]] of switches.entries()) {
    const from = (1 + 2 * index) * WEEK
    const to = from + 2 * WEEK
    await weekly.wish(off)
    expect([await weekly.next(), weekly.served()]).toEqual([because, 0])
    await weekly.say(from, to - 1)
    await weekly.goTo(to)
    expect(await weekly.runs()).toHaveLength(1 + index)
    await weekly.wish(on)
    expect((await weekly.runs()).at(-1)).toEqual([from, to, CREATED])
    expect(await weekly.next()).toBe(to + WEEK)
    await weekly.goTo(to + DAY)
    expect(weekly.served()).toBe(1)
  }
})

test('a community that was left has no schedule; one that is added again goes on where it ended', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK)
  await weekly.goTo(WEEK)
  await weekly.wish('LeaveCommunity')
  expect([await weekly.next(), weekly.served()]).toEqual(['LEFT', 0])
  await weekly.goTo(2 * WEEK)
  expect(await weekly.runs()).toHaveLength(1)
  await weekly.wish('AddCommunity')
  expect((await weekly.runs()).slice(1)).toEqual([[WEEK, 2 * WEEK, CREATED]])
})

test('one that was purged begins its history anew by itself', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK)
  await weekly.goTo(WEEK)
  await weekly.wish('LeaveCommunity')
  await weekly.wish('PurgeCommunity')
  await weekly.goTo(2 * WEEK)
  await weekly.wish('AddCommunity')
  expect((await weekly.runs()).slice(1)).toEqual([[0, 2 * WEEK, CREATED]])
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 1],
    [WEEK, 2 * WEEK, 1],
  ])
  expect([await weekly.next(), weekly.served()]).toEqual([3 * WEEK, 1])
})

test('what is switched off in the middle of a run stops it, and switched on again has it begin anew', async () => {
  const weekly = await startWeeklyNode()
  const switches = [
    ['DisableArchiving', 'EnableArchiving'],
    ['LeaveCommunity', 'AddCommunity'],
    ['DisableProtocol', 'EnableProtocol'],
  ] as const
  for (const [index, [off, on]] of switches.entries()) {
    const [from, to] = [index * WEEK, (index + 1) * WEEK]
    await weekly.say(from)
    weekly.node.mischief.meanwhile = async () => {
      await weekly.send(off)
      await weekly.recorded('ArchiveCreationFailed', 1 + index)
    }
    await weekly.goTo(to)
    expect((await weekly.runs()).slice(2 * index)).toEqual([[from, to, 'STOPPED']])
    expect(await weekly.archives()).toHaveLength(index)
    expect((await weekly.community()).failedRuns).toBeNull()
    await weekly.goTo(to + DAY)
    await weekly.wish(on)
    expect((await weekly.runs()).slice(2 * index + 1)).toEqual([[from, to, CREATED]])
    expect((await weekly.archives()).slice(index)).toEqual([[from, to, 1]])
  }
})
