import { expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { checkHealth } from '../../src/telemetry/health.ts'
import { createWritingCheck } from '../../src/telemetry/writing-check.ts'

test('a node is well when all its parts are; one that cannot be asked is not', async () => {
  const checks = { log: async () => true, client: () => true }
  expect(await checkHealth(checks)).toEqual({ isWell: true, checks: { log: true, client: true } })
  const broken = async (): Promise<boolean> => {
    throw new Error('The database is gone')
  }
  const health = await checkHealth({ ...checks, models: broken })
  expect(health).toEqual({ isWell: false, checks: { log: true, client: true, models: false } })
})

test('a write that failed counts until one succeeds, which is tried a few times a minute', async () => {
  let [now, tries, isDiskFull] = [1_000_000, 0, true]
  const write = async (): Promise<void> => {
    tries += 1
    if (isDiskFull) throw new Error('The disk is full')
  }
  const check = createWritingCheck(
    write,
    async () => 2 ** 20,
    () => now as UnixMillis,
  )
  expect([await check.isWritable(), tries]).toEqual([true, 0])

  check.appended(false)
  expect([await check.isWritable(), tries]).toEqual([false, 0])
  now += 15_000
  expect([await check.isWritable(), await check.isWritable(), tries]).toEqual([false, false, 1])
  isDiskFull = false
  expect([await check.isWritable(), tries]).toEqual([false, 1])
  now += 15_000
  expect([await check.isWritable(), await check.isWritable(), tries]).toEqual([true, true, 2])

  check.appended(false)
  check.appended(true)
  expect([await check.isWritable(), tries]).toEqual([true, 2])
})

test('a disk without room takes no write, though none failed yet', async () => {
  let freeBytes = 2 ** 20
  const check = createWritingCheck(
    async () => undefined,
    async () => freeBytes,
    () => 1_000_000 as UnixMillis,
  )
  expect(await check.isWritable()).toBe(true)
  freeBytes -= 1
  expect(await check.isWritable()).toBe(false)
  freeBytes += 1
  expect(await check.isWritable()).toBe(true)
})
