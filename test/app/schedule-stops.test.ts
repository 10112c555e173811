import { expect, test } from 'vitest'
import { DAY, startWeeklyNode, WEEK } from '../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'

test.each([
  ['DisableArchiving', 'EnableArchiving', 'ARCHIVING_DISABLED'],
  ['WithdrawSeeding', 'RequestSeeding', 'SEEDING_WITHDRAWN'],
  ['DisableProtocol', 'EnableProtocol', 'PROTOCOL_DISABLED'],
  ['GoOffline', 'GoOnline', 'OFFLINE'],
] as const)('after %s nothing comes by itself and nothing is served, until %s', async (off, on, because) => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK, 2 * WEEK)
  await weekly.goTo(WEEK)
  await weekly.wish(off)
  expect([await weekly.next(), weekly.served()]).toEqual([because, 0])
  await weekly.goTo(3 * WEEK + DAY)
  expect(await weekly.runs()).toHaveLength(1)
  await weekly.wish(on)
  expect((await weekly.runs()).slice(1)).toEqual([[WEEK, 3 * WEEK, CREATED]])
  expect(await weekly.next()).toBe(4 * WEEK)
  await weekly.goTo(3 * WEEK + 2 * DAY)
  expect(weekly.served()).toBe(1)
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

test.each([
  ['DisableArchiving', 'EnableArchiving'],
  ['LeaveCommunity', 'AddCommunity'],
  ['DisableProtocol', 'EnableProtocol'],
] as const)('%s in the middle of a run stops it, and %s has it begin again at once', async (off, on) => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  weekly.node.mischief.meanwhile = async () => {
    await weekly.send(off)
    await weekly.recorded('ArchiveCreationFailed')
  }
  await weekly.goTo(WEEK)
  expect(await weekly.runs()).toEqual([[0, WEEK, 'STOPPED']])
  expect([await weekly.archives(), weekly.served()]).toEqual([[], 0])
  expect((await weekly.community()).failedRuns).toBeNull()
  await weekly.goTo(WEEK + 31)
  await weekly.wish(on)
  expect((await weekly.runs()).slice(1)).toEqual([[0, WEEK, CREATED]])
  expect([await weekly.archives(), weekly.served()]).toEqual([[[0, WEEK, 1]], 1])
})
