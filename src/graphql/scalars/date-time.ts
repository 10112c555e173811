import { parseUnixMillis, parseUnixSeconds, type UnixMillis, type UnixSeconds } from '../../domain/time.ts'
import { inputError } from './input-error.ts'

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/

/** Parses RFC 3339 in UTC, from 1970 on; null for any other text, such as the 30th of February. */
export function parseDateTime(text: string): UnixMillis | null {
  if (!RFC_3339_UTC.test(text)) return null
  const parsed = parseUnixMillis(Date.parse(text))
  // `Date` takes the 30th of February for the 2nd of March.
  return parsed.ok && formatDateTime(parsed.value).slice(0, 19) === text.slice(0, 19) ? parsed.value : null
}

/** RFC 3339 in UTC, with milliseconds only where there are any. */
export function formatDateTime(at: UnixMillis): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** A second as the instant that it begins at. */
export function millisOf(at: UnixSeconds): UnixMillis {
  return (at * 1000) as UnixMillis
}

/**
 * The second that a bound of a range names.
 *
 * @throws An input error for a fraction of a second, or a time after 2106.
 */
export function toSecond(argument: string, at: UnixMillis): UnixSeconds {
  const parsed = parseUnixSeconds(at / 1000)
  if (parsed.ok) return parsed.value
  const expected = 'a whole second from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z'
  throw inputError(argument, `Argument "${argument}" must be ${expected}, found ${formatDateTime(at)}.`)
}
