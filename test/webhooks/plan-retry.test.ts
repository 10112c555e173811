import { expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { countWebhooks } from '../../src/webhooks/count-webhooks.ts'
import { NOT_FAILING, planRetry } from '../../src/webhooks/plan-retry.ts'
import type { Try } from '../../src/webhooks/webhook.ts'

const told: Try = { triedAt: 1_000 as UnixMillis, durationMs: 5, status: 204, failure: null }
const failed: Try = { ...told, status: 500, failure: 'STATUS_REFUSED' }
const waiting = planRetry(NOT_FAILING, failed, 1)

test('waits double from 5 s to an hour; three days of failures or 410 switch it off; one success begins anew', () => {
  const waits: number[] = []
  let progress = NOT_FAILING
  let at = 0 as UnixMillis
  while (progress.off === null) {
    progress = planRetry(progress, { ...failed, triedAt: at }, 1)
    if (progress.nextTryAt === null) break
    waits.push(progress.nextTryAt - at)
    at = progress.nextTryAt
  }
  expect(waits.slice(0, 12).map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
  expect(progress).toMatchObject({ off: 'GAVE_UP', failures: waits.length + 1 })
  expect(at / 3_600_000).toBeGreaterThanOrEqual(72)
  expect(at / 3_600_000).toBeLessThan(73)
  // As after a machine was off for three days.
  expect(planRetry(waiting, { ...failed, triedAt: 300_000_000 as UnixMillis }, 0).off).toBeNull()
  expect(planRetry(NOT_FAILING, failed, 0).nextTryAt).toBe(3_500)
  expect(planRetry(waiting, { ...failed, status: 410 }, 0)).toMatchObject({ off: 'GONE', nextTryAt: null })
  expect(planRetry(waiting, told, 0)).toEqual(NOT_FAILING)
})

test('webhooks are counted by how telling them goes, and states that none is in too', () => {
  const gone = planRetry(waiting, { ...failed, status: 410 }, 0)
  expect(Object.fromEntries(countWebhooks([NOT_FAILING, waiting, waiting, gone]))).toEqual({
    told: 1,
    failing: 2,
    gave_up: 0,
    gone: 1,
  })
})
