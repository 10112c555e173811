import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { parseTime } from './parse-time.ts'

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const

/** When something ends, by what the time is now; null for never. */
export type Expiry = (now: UnixMillis) => UnixMillis | null

/**
 * Parses how long something is good: hours (`12h`), days (`90d`), a time as `parseTime` takes it, in UTC, or `never`.
 *
 * @returns Refused with what would be right.
 */
export function parseExpiry(text: string): Result<Expiry, string> {
  if (text === 'never') return ok(() => null)
  const [, digits, unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? []
  if (digits !== undefined && (unit === 'h' || unit === 'd')) {
    return ok((now) => (now + Number(digits) * UNIT_MS[unit]) as UnixMillis)
  }
  const time = parseTime(text, 'utc')
  return time.ok ? ok(() => time.value) : err(`hours (12h), days (90d), ${time.error}, or never`)
}
