import { err, ok, type Result } from '../domain/result.ts'
import { parseUnixMillis, type UnixMillis } from '../domain/time.ts'

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/

/**
 * Parses a time as people write it: a day, which then means its beginning, or a day and a time of day. A whole second means
 * to its end: so times are told, and what is told to be of that second is by then.
 *
 * @param zone What counts where the text names no zone.
 * @returns Refused with what would be right, also for the 30th of February.
 */
export function parseTime(text: string, zone: 'utc' | 'local'): Result<UnixMillis, string> {
  const [, day, minutes = '00:00', givenSeconds = '', offset = zone === 'utc' ? 'Z' : ''] = TIME.exec(text) ?? []
  const rest = /^:\d\d$/.test(givenSeconds) ? '.999' : ''
  const isDay = day !== undefined && isDayOfCalendar(day)
  const parsed = parseUnixMillis(isDay ? Date.parse(`${day}T${minutes}${givenSeconds || ':00'}${rest}${offset}`) : NaN)
  return parsed.ok ? parsed : err('a time such as 2026-01-31, "2026-01-31 12:00" or 2026-01-31T12:00:00Z')
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDayOfCalendar(day: string): boolean {
  const millis = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day)
}

/** Parses the position of an event: a whole number from 1 on. */
export function parsePosition(text: string): Result<number, string> {
  const position = /^\d{1,16}$/.test(text) ? Number(text) : 0
  return Number.isSafeInteger(position) && position > 0 ? ok(position) : err('the position of an event, from 1 on')
}
