import { expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { appendOf, receiptOf, seedingStarted } from '../support/sample-events.ts'
import { openTemporaryLog } from '../support/temporary-log.ts'

const DAY_MS = 24 * 60 * 60 * 1000

test('a receipt is kept for 30 days, and then its key is free', async () => {
  let now = 0
  const log = openTemporaryLog({ now: () => now as UnixMillis })
  const wish = (version: number, key: string) => ({
    ...appendOf([seedingStarted(version)], version),
    receipt: receiptOf(key),
  })
  await log.append([wish(0, 'old')])
  now = DAY_MS
  await log.append([wish(1, 'young')])

  now = 30 * DAY_MS
  expect(await log.append([wish(2, 'old')])).toMatchObject([{ error: { type: 'AlreadyAppended' } }])
  now += 2 * 60_000
  await log.append([wish(2, 'new')])
  expect(await log.findReceipt('local', 'old')).toBeNull()
  expect(await log.findReceipt('local', 'young')).not.toBeNull()
  expect(await log.append([wish(3, 'old')])).toMatchObject([{ ok: true }])
})
