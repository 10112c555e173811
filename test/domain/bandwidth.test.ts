import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limitsAt, type BandwidthWindow, type Weekday } from '../../src/domain/bandwidth.ts'

const DAY = 1440
const usual = { uploadBytesPerSecond: 1, downloadBytesPerSecond: null }
const rate = fc.option(fc.integer({ min: 10_000 }))
const windows = fc.record<BandwidthWindow>({
  weekdays: fc.subarray<Weekday>([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  from: fc.nat(DAY - 1),
  to: fc.nat(DAY),
  limits: fc.record({ uploadBytesPerSecond: rate, downloadBytesPerSecond: rate }, { requiredKeys: [] }),
})

/** The minutes of the week that a window is about, one after the other. */
function minutesOf({ weekdays, from, to }: BandwidthWindow): ReadonlySet<number> {
  const length = to > from ? to - from : to + DAY - from
  return new Set(
    weekdays.flatMap((day) => Array.from({ length }, (_, after) => (day * DAY + from + after) % (7 * DAY))),
  )
}

test('at each minute the first window counts that is about it, and else what is usual', () => {
  fc.assert(
    fc.property(fc.array(windows, { maxLength: 4 }), fc.nat(7 * DAY - 1), (schedule, at) => {
      const window = schedule.find((one) => minutesOf(one).has(at))
      const time = { weekday: Math.floor(at / DAY) as Weekday, minute: at % DAY }
      expect(limitsAt({ usual, schedule }, time)).toEqual({ ...usual, ...window?.limits })
    }),
  )
})

test('a window over midnight is of the day on which it begins', () => {
  const night = { weekdays: [5], from: 22 * 60, to: 6 * 60, limits: { uploadBytesPerSecond: 2 } } as const
  const uploadAt = (weekday: Weekday, minute: number): number | null =>
    limitsAt({ usual, schedule: [night] }, { weekday, minute }).uploadBytesPerSecond
  expect([uploadAt(5, 1319), uploadAt(5, 1320), uploadAt(6, 359), uploadAt(6, 360)]).toEqual([1, 2, 2, 1])
  expect([uploadAt(5, 0), uploadAt(6, 1320)]).toEqual([1, 1])
})
