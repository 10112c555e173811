/** How fast something may be, in bytes a second. Null: no limit. */
export interface RateLimits {
  readonly uploadBytesPerSecond: number | null
  readonly downloadBytesPerSecond: number | null
}

/** 0 is Sunday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** A time of the week, as clocks on the wall show it. */
export interface LocalTime {
  readonly weekday: Weekday
  /** Since midnight: 0 to 1439. */
  readonly minute: number
}

/** A part of the day in which other limits count. */
export interface BandwidthWindow {
  /** On which it begins. */
  readonly weekdays: readonly Weekday[]
  /** In minutes since midnight, 0 to 1439. */
  readonly from: number
  /** In minutes since midnight, 0 to 1440, not counted in: of the next day where it is not after `from`. */
  readonly to: number
  /** What it does not name is as ever. */
  readonly limits: Partial<RateLimits>
}

/** The limits of a node, and when others count. */
export interface Bandwidth {
  readonly usual: RateLimits
  /** Where several hold, the first does. */
  readonly schedule: readonly BandwidthWindow[]
}

/** What counts at a time. */
export function limitsAt({ usual, schedule }: Bandwidth, time: LocalTime): RateLimits {
  return { ...usual, ...schedule.find((window) => isWithin(window, time))?.limits }
}

function isWithin({ weekdays, from, to }: BandwidthWindow, { weekday, minute }: LocalTime): boolean {
  const hasBegun = weekdays.includes(weekday) && minute >= from
  if (from < to) return hasBegun && minute < to
  const dayBefore = ((weekday + 6) % 7) as Weekday
  return hasBegun || (weekdays.includes(dayBefore) && minute < to)
}
