import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireSpace } from '../../../src/app/downloading/download-job.ts'
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
  const ports = { readDiskUse, readFreeBytes: async () => 460 }
  await expect(requireSpace(400, ports)).resolves.toBeUndefined()
  await expect(requireSpace(401, ports)).rejects.toMatchObject({
    code: 'QUOTA_EXCEEDED',
    numbers: { neededBytes: 1_001, nodeQuotaBytes: 1_000 },
  })
  await expect(requireSpace(411, ports)).rejects.toMatchObject({ code: 'DISK_FULL', numbers: { neededBytes: 461 } })
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
