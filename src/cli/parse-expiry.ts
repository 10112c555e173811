import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import { parseTime } from './parse-time.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Parses when something ends: in minutes (`15m`), hours (`12h`) or days (`90d`), at a time as `parseTime` takes it, in UTC, or
 * `never`.
 *
 * @returns The end, at the beginning of a second, or null for never. Refused with what would be right, also for what is over.
 */
export function parseExpiry(text: string, now: UnixMillis): Result<UnixMillis | null, string> {
  if (text === 'never') return ok(null)
  const [, digits, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? []
  if (digits !== undefined && (unit === 'm' || unit === 'h' || unit === 'd')) {
    return ok(wholeSecond(now + Number(digits) * UNIT_MS[unit]))
  }
  const time = parseTime(text, 'utc')
  if (!time.ok) return err(`minutes (15m), hours (12h), days (90d), ${time.error}, or never`)
  const end = wholeSecond(time.value)
  return end > now
    ? ok(end)
    : err(`later than now, which is ${new Date(wholeSecond(now)).toISOString().replace('.000Z', 'Z')}`)
}

function wholeSecond(at: number): UnixMillis {
  return (Math.floor(at / 1000) * 1000) as UnixMillis
}
