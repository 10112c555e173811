import { renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { DAY, startWeeklyNode, WEEK, type WeeklyNode } from '../../support/weekly-node.ts'

const CREATED = 'ArchiveCreated'

/** Has each run from now on fail at its first step on files. */
function refuseFiles({ node }: WeeklyNode): void {
  node.mischief.fileFault = { code: 'EACCES', stepsLeft: 0, times: Number.MAX_SAFE_INTEGER }
}

test('a run that fails is tried again ever later, at last every hour, until one ends well', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  refuseFiles(weekly)
  let at = WEEK
  const waits = [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]
  for (const [failed, wait] of waits.entries()) {
    await weekly.goTo(at)
    expect((await weekly.community()).failedRuns?.count).toBe(failed + 1)
    expect(await weekly.next()).toBe(at + wait)
    at += wait
    await weekly.goTo(at - 1)
    expect(await weekly.runs()).toHaveLength(failed + 1)
  }
  expect((await weekly.lastRun())?.code).toBe('ACCESS_DENIED')

  weekly.node.mischief.fileFault = null
  await weekly.goTo(at)
  expect((await weekly.runs()).at(-1)).toEqual([0, WEEK, CREATED])
  expect((await weekly.community()).failedRuns).toBeNull()
  expect((await weekly.lastRun())?.code).toBeNull()
  expect(await weekly.next()).toBe(2 * WEEK)
})

test('a disk that is full fails one run with its numbers, and the next begins when there is room', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  weekly.node.mischief.freeBytes = 1_000
  await weekly.goTo(WEEK + 7_200)
  expect(await weekly.runs()).toEqual([[0, WEEK, 'DISK_FULL']])
  const { numbers } = { ...(await weekly.lastRun()) }
  expect(numbers).toEqual({ freeBytes: 1_000, neededBytes: expect.any(Number) as number })
  weekly.node.mischief.freeBytes = Number.MAX_SAFE_INTEGER
  await weekly.goTo(WEEK + 7_230)
  expect((await weekly.runs()).slice(1)).toEqual([[0, WEEK, CREATED]])
})

test('a wish that changed lets a run that failed be tried at once', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0)
  refuseFiles(weekly)
  await weekly.goTo(WEEK + DAY)
  weekly.node.mischief.fileFault = null
  await weekly.change({ graceSeconds: 1 })
  await weekly.goTo(WEEK + DAY + 30)
  expect((await weekly.runs()).at(-1)).toEqual([0, WEEK, CREATED])
})

test('a quota that is too small fails runs with its numbers, and a larger one lets the next through', async () => {
  const weekly = await startWeeklyNode()
  await weekly.change({ quotaBytes: 5_000 })
  await weekly.say(0)
  await weekly.goTo(WEEK)
  const { code, numbers } = { ...(await weekly.lastRun()) }
  expect([code, numbers?.['quotaBytes']]).toEqual(['QUOTA_EXCEEDED', 5_000])
  expect(numbers?.['neededBytes']).toBeGreaterThan(5_000)
  await weekly.change({ quotaBytes: 1_000_000 })
  await weekly.goTo(WEEK + 29)
  expect(await weekly.runs()).toHaveLength(1)
  await weekly.goTo(WEEK + 30)
  expect(await weekly.archives()).toEqual([[0, WEEK, 1]])
})

test('a file system that refuses fails a run, and what was served before is served on', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK)
  await weekly.goTo(WEEK)
  weekly.node.mischief.fileFault = { code: 'EACCES', stepsLeft: 3, times: 1 }
  await weekly.goTo(2 * WEEK)
  expect((await weekly.lastRun())?.status).toBe('FAILED')
  expect([await weekly.archives(), weekly.served()]).toEqual([[[0, WEEK, 1]], 1])
  await weekly.goTo(2 * WEEK + 30)
  expect((await weekly.runs()).at(-1)).toEqual([WEEK, 2 * WEEK, CREATED])
})

test('an interrupted run is repeated at once, and one that kills its process each time is not', async () => {
  const weekly = await startWeeklyNode()
  const { node } = weekly
  const dieInRun = (): void => void (node.mischief.death = { step: 'FILE_STEP', stepsLeft: 3 })
  await weekly.say(0)
  dieInRun()
  await weekly.goTo(WEEK)
  expect(node.isRunning).toBe(false)
  // The second run begins with the process, and ends with it.
  dieInRun()
  await node.start()
  expect(node.isRunning).toBe(false)
  await node.start()
  expect(await weekly.runs()).toEqual([
    [0, WEEK, 'INTERRUPTED'],
    [0, WEEK, 'INTERRUPTED'],
  ])
  expect((await weekly.community()).failedRuns).toMatchObject({ count: 2, code: 'INTERRUPTED' })
  await weekly.goTo(WEEK + 59)
  expect(await weekly.runs()).toHaveLength(2)
  await weekly.goTo(WEEK + 60)
  expect((await weekly.runs()).at(-1)).toEqual([0, WEEK, CREATED])
})

test('a run that finds the files of before gone fails once, and the next begins when they are back', async () => {
  const weekly = await startWeeklyNode()
  await weekly.say(0, WEEK)
  await weekly.goTo(WEEK)
  const data = dataPathOf(weekly.node.process.stores.archivesDir, weekly.communityId, 1)
  weekly.node.mischief.losesFiles = true
  renameSync(data, `${data}.gone`)
  await weekly.goTo(2 * WEEK + 7_200)
  expect((await weekly.runs()).slice(1)).toEqual([[WEEK, 2 * WEEK, 'FILES_DAMAGED']])
  renameSync(`${data}.gone`, data)
  await weekly.goTo(2 * WEEK + 7_260)
  expect((await weekly.runs()).slice(2)).toEqual([[WEEK, 2 * WEEK, CREATED]])
})
