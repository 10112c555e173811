import { describe, expect, test } from 'vitest'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import { dueAtOf, retryAtOf, scheduledRangeOf, type ScheduleFacts } from '../../src/domain/schedule.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import { at } from '../support/community-facts.ts'

const WEEK = PARTITION_SECONDS
const fresh: ScheduleFacts = {
  archivedUpTo: null,
  oldestMessageAt: null,
  oldestLateAt: null,
  intervalSeconds: WEEK,
  partitionSeconds: WEEK,
}

describe('the next run', () => {
  test.each<[string, Partial<ScheduleFacts>, UnixSeconds | null]>([
    ['is not due without a message', {}, null],
    ['is due one interval after the oldest message', { oldestMessageAt: at(0) }, at(1)],
    ['is due one interval after the last run', { archivedUpTo: at(3), oldestMessageAt: at(0) }, at(4)],
    ['waits for a longer interval', { archivedUpTo: at(3), intervalSeconds: 2 * WEEK }, at(5)],
    ['waits for a whole partition', { archivedUpTo: at(3), intervalSeconds: 1 }, at(4)],
    ['does not mind late messages', { archivedUpTo: at(3), oldestLateAt: at(1) }, at(4)],
    ['that ended in the future is followed by that future', { archivedUpTo: at(300) }, at(301)],
    ['does not wait for that future once messages are late', { archivedUpTo: at(300), oldestLateAt: at(5) }, at(6)],
  ])('%s', (_name, facts, due) => {
    expect(dueAtOf({ ...fresh, ...facts }, at(5))).toBe(due)
  })
})

test('a run by itself packs the whole partitions that ended', () => {
  const later = (seconds: number): UnixSeconds => (at(3) + seconds) as UnixSeconds
  expect(scheduledRangeOf(at(0), later(0), WEEK)).toEqual({ from: at(0), to: at(3) })
  expect(scheduledRangeOf(at(0), later(WEEK - 1), WEEK)).toEqual({ from: at(0), to: at(3) })
  expect(scheduledRangeOf(at(0), later(-1), WEEK)).toEqual({ from: at(0), to: at(2) })
  expect(scheduledRangeOf(at(5), at(3), WEEK)).toEqual({ from: at(5), to: at(5) })
})

describe('after failed runs', () => {
  const lastAt = 1_000_000 as UnixMillis

  test('the next waits ever longer, up to an hour', () => {
    const waits = [1, 2, 3, 7, 8, 9, 40].map((count) => retryAtOf({ count, lastAt, code: 'DISK_FULL' }) - lastAt)
    expect(waits).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000, 3_600_000])
  })

  test('a first interruption is repeated at once, and a process that dies of it again and again is not', () => {
    expect(retryAtOf({ count: 1, lastAt, code: 'INTERRUPTED' })).toBe(lastAt)
    expect(retryAtOf({ count: 2, lastAt, code: 'INTERRUPTED' })).toBe(lastAt + 60_000)
  })
})
