import { expect, test } from 'vitest'
import { DAY, startWeeklyNode, WEEK } from '../../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'

test('without a message it waits for one, and begins an interval after it', async () => {
  const weekly = await startWeeklyNode()
  await weekly.goTo(3 * WEEK)
  expect(await weekly.next()).toBe('WAITING_FOR_MESSAGE')
  expect(await weekly.runs()).toEqual([])
  await weekly.say(3 * WEEK)
  expect(await weekly.next()).toBe(4 * WEEK)
  await weekly.goTo(4 * WEEK - 1)
  expect(await weekly.runs()).toEqual([])
  await weekly.goTo(4 * WEEK)
  expect(await weekly.runs()).toEqual([[3 * WEEK, 4 * WEEK, CREATED]])
  expect(await weekly.archives()).toEqual([[3 * WEEK, 4 * WEEK, 1]])
  expect(weekly.served()).toBe(1)
  expect(await weekly.next()).toBe(5 * WEEK)
})

test('with a last run younger than the interval, what there is is served and the rest is waited for', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, 8 * DAY)
  await weekly.goTo(WEEK)
  await weekly.node.stop()
  await weekly.goTo(12 * DAY)
  await weekly.node.start()
  expect(weekly.served()).toBe(1)
  expect(await weekly.next()).toBe(2 * WEEK)
  await weekly.goTo(2 * WEEK - 1)
  expect(await weekly.runs()).toHaveLength(1)
  await weekly.goTo(2 * WEEK)
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 1],
    [WEEK, 2 * WEEK, 1],
  ])
})

test('with an oldest message younger than the interval, the rest is waited for', async () => {
  const weekly = await startWeeklyNode()
  await weekly.node.stop()
  await weekly.say(DAY)
  await weekly.goTo(3 * DAY)
  await weekly.node.start()
  expect(weekly.served()).toBe(0)
  await weekly.goTo(DAY + WEEK - 1)
  expect(await weekly.runs()).toEqual([])
  await weekly.goTo(DAY + WEEK)
  expect(await weekly.runs()).toEqual([[DAY, DAY + WEEK, CREATED]])
})

test('with an older one, whole partitions are packed at once, and then it goes on weekly', async () => {
  const weekly = await startWeeklyNode()
  await weekly.node.stop()
  await weekly.say(-17 * DAY, -12 * DAY, -9 * DAY, -DAY)
  await weekly.node.start()
  expect(await weekly.runs()).toEqual([[-17 * DAY, -3 * DAY, CREATED]])
  expect(await weekly.archives()).toEqual([
    [-17 * DAY, -10 * DAY, 2],
    [-10 * DAY, -3 * DAY, 1],
  ])
  await weekly.goTo(3 * WEEK)
  expect((await weekly.runs()).slice(1)).toEqual([
    [-3 * DAY, 4 * DAY, CREATED],
    [4 * DAY, 11 * DAY, 'NoArchiveCreated'],
    [11 * DAY, 18 * DAY, 'NoArchiveCreated'],
  ])
})

test('a node that was off for a month catches up in one run of four partitions, and then goes on', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.goTo(WEEK)
  await weekly.node.stop()
  await weekly.say(WEEK, 2 * WEEK, 2 * WEEK + 1, 4 * WEEK, 5 * WEEK)
  await weekly.goTo(5 * WEEK + DAY)
  await weekly.node.start()
  expect(await weekly.runs()).toEqual([
    [0, WEEK, CREATED],
    [WEEK, 5 * WEEK, CREATED],
  ])
  expect(await weekly.archives()).toEqual([
    [0, WEEK, 1],
    [WEEK, 2 * WEEK, 1],
    [2 * WEEK, 3 * WEEK, 2],
    [4 * WEEK, 5 * WEEK, 1],
  ])
  expect(await weekly.next()).toBe(6 * WEEK)
  await weekly.goTo(6 * WEEK)
  expect((await weekly.runs()).at(-1)).toEqual([5 * WEEK, 6 * WEEK, CREATED])
})

test('so does a machine that slept', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.goTo(DAY)
  await weekly.jumpTo(4 * WEEK + DAY)
  expect(await weekly.runs()).toEqual([[0, 4 * WEEK, CREATED]])
  expect(await weekly.next()).toBe(5 * WEEK)
})

test('an interval that is changed counts at once, both ways', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  await weekly.change({ intervalSeconds: 3 * WEEK })
  expect(await weekly.next()).toBe(3 * WEEK)
  await weekly.goTo(2 * WEEK + DAY)
  expect(await weekly.runs()).toEqual([])
  await weekly.change({ intervalSeconds: WEEK + DAY })
  expect(await weekly.runs()).toEqual([[0, 2 * WEEK, CREATED]])
  expect(await weekly.next()).toBe(3 * WEEK + DAY)
  await weekly.change({ intervalSeconds: null })
  expect(await weekly.next()).toBe(3 * WEEK)
})
