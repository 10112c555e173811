import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireSpace } from '../../../src/app/downloading/download-job.ts'
import { DiskSpace } from '../../../src/app/packing/disk-space.ts'
import { checkDiskUse, createDiskUseReader, readUsedBytes } from '../../../src/app/packing/disk-use.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const ROOMY = 1e9
const GRANTED = { ok: true, value: null }

test('what is written leaves free what is to be left free, and keeps to the quota', () => {
  const use = { usedBytes: 600, quotaBytes: 1_000, minFreeBytes: 50 }
  expect(checkDiskUse(400, 450, use)).toEqual(GRANTED)
  expect(checkDiskUse(400, 449, use)).toEqual({
    ok: false,
    error: { type: 'DiskTooFull', neededBytes: 450, freeBytes: 449 },
  })
  expect(checkDiskUse(401, ROOMY, use)).toEqual({
    ok: false,
    error: { type: 'NodeQuotaExceeded', neededBytes: 1_001, nodeQuotaBytes: 1_000 },
  })
  expect(checkDiskUse(401, ROOMY, { ...use, quotaBytes: null })).toEqual(GRANTED)
})

test('a download is held, with the numbers, before it would pass either', async () => {
  const readDiskUse = async () => ({ usedBytes: 600, quotaBytes: 1_000, minFreeBytes: 50 })
  const job = { claim: new DiskSpace(readDiskUse).open(), ports: { readFreeBytes: async () => 460 } }
  await expect(requireSpace(400, job)).resolves.toBeUndefined()
  await expect(requireSpace(401, job)).rejects.toMatchObject({
    code: 'QUOTA_EXCEEDED',
    numbers: { neededBytes: 1_001, nodeQuotaBytes: 1_000 },
  })
  await expect(requireSpace(411, job)).rejects.toMatchObject({ code: 'DISK_FULL', numbers: { neededBytes: 461 } })
})

test('what was granted to one download is not granted to another, nor to a run, until it was written or given back', async () => {
  const space = new DiskSpace(async () => ({ usedBytes: 600, quotaBytes: 1_000, minFreeBytes: 50 }))
  const readFreeBytes = async (): Promise<number> => ROOMY
  const [one, other] = [space.open(), space.open()]
  // In the same moment.
  const rooms = await Promise.all([one.ask(300, readFreeBytes), other.ask(300, readFreeBytes)])
  expect(rooms.map(({ ok }) => ok)).toEqual([true, false])
  expect(checkDiskUse(101, ROOMY, await space.readUse()).ok).toBe(false)
  expect(checkDiskUse(100, ROOMY, await space.readUse()).ok).toBe(true)
  expect(checkDiskUse(100, 449, { ...(await space.readUse()), quotaBytes: null }).ok).toBe(false)
  // What one has itself is in nobody's way but others'.
  expect((await one.ask(400, readFreeBytes)).ok).toBe(true)
  one.written(350)
  expect((await other.ask(350, readFreeBytes)).ok).toBe(true)
  one[Symbol.dispose]()
  expect((await other.ask(400, readFreeBytes)).ok).toBe(true)
})

test('archives and messages count as far as they are there, and nothing else does', async () => {
  const dataDir = createTemporaryFolder()
  expect(await readUsedBytes(dataDir)).toBe(0)
  const folder = join(dataDir, 'archives', '0xab', 'cd')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index'), Buffer.alloc(100_000, 1))
  writeFileSync(join(dataDir, 'messages.db'), Buffer.alloc(50_000, 1))
  writeFileSync(join(dataDir, 'seedbank.db'), Buffer.alloc(500_000, 1))
  const holes = join(dataDir, 'archives', '0xab', 'data.0')
  writeFileSync(holes, '')
  truncateSync(holes, 1e9)
  const used = await readUsedBytes(dataDir)
  expect([used >= 150_000, used < 200_000]).toEqual([true, true])
  const settings = { dataDir, diskQuota: 5, minFreeBytes: 7 }
  expect(await createDiskUseReader(settings)()).toEqual({ usedBytes: used, quotaBytes: 5, minFreeBytes: 7 })
  expect(await createDiskUseReader({ ...settings, diskQuota: null })()).toMatchObject({ usedBytes: 0 })
})
