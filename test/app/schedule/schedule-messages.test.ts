import { expect, test } from 'vitest'
import type { ContentTopic } from '../../../src/domain/content-topic.ts'
import { DAY, startWeeklyNode, WEEK } from '../../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'
const FOREIGN = '0x0f0e0d0c' as ContentTopic

test('a week without messages leaves the torrent as it is, and has nothing dispatched', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.goTo(WEEK)
  const before = (await weekly.facts()).length
  await weekly.goTo(2 * WEEK)
  expect((await weekly.facts()).slice(before).map(({ type }) => type)).toEqual([
    'ArchiveCreationStarted',
    'NoArchiveCreated',
  ])
  expect(weekly.served()).toBe(1)
  await weekly.goTo(2 * WEEK)
  await weekly.say(2 * WEEK)
  await weekly.goTo(3 * WEEK)
  expect((await weekly.facts()).filter(({ type }) => type === 'MagnetlinkDispatched')).toHaveLength(2)
})

test('late messages are counted, and packed by the next run with their true range', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, DAY)
  await weekly.goTo(WEEK)
  expect(await weekly.late()).toBe(0)
  await weekly.say(2 * DAY, 2 * DAY + 5, 8 * DAY, -20 * DAY)
  expect(await weekly.late()).toBe(3)
  await weekly.goTo(2 * WEEK)
  expect(await weekly.late()).toBe(0)
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 2],
    [WEEK, 2 * WEEK, 1],
    [-20 * DAY, -20 * DAY + 1, 1],
    [2 * DAY, 2 * DAY + 6, 2],
  ])
})

test('a history that comes in piece by piece is packed once it has been quiet for ten seconds', async () => {
  const weekly = await startWeeklyNode()
  for (const [at, week] of [-9, -8, -7].entries()) {
    await weekly.goTo(at * 9)
    await weekly.say(week * WEEK)
  }
  await weekly.goTo(27)
  expect(await weekly.runs()).toEqual([])
  await weekly.goTo(28)
  expect(await weekly.runs()).toEqual([[-9 * WEEK, 0, CREATED]])
  expect(await weekly.archives()).toHaveLength(3)
})

test('who is never quiet is waited for no longer than five minutes', async () => {
  const weekly = await startWeeklyNode()
  for (let at = 0; at < 300; at += 9) {
    await weekly.goTo(at)
    await weekly.say(at - 2 * WEEK)
  }
  expect(await weekly.runs()).toEqual([])
  await weekly.goTo(300)
  expect(await weekly.runs()).toEqual([[-2 * WEEK, 0, CREATED]])
})

test('a first message is seen in the middle of what came in of other topics', async () => {
  const weekly = await startWeeklyNode()
  await weekly.sayOf(FOREIGN, 0)
  await weekly.goTo(5)
  await weekly.say(5)
  await weekly.goTo(WEEK + 5)
  expect(await weekly.runs()).toEqual([[5, WEEK + 5, CREATED]])
})
