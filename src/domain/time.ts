import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** Whole seconds since 1970 in UTC, within the 32 bits that readers of archives hold. */
export type UnixSeconds = Brand<number, 'UnixSeconds'>

/** Whole milliseconds since 1970 in UTC. */
export type UnixMillis = Brand<number, 'UnixMillis'>

/** The last second that fits the 32 bits of existing readers: 2106-02-07T06:28:15Z. */
export const LAST_UNIX_SECOND = 0xffff_ffff as UnixSeconds

export interface InvalidTime {
  readonly type: 'InvalidTime'
  readonly value: number
}

/** Parses whole Unix seconds from 0 to 2^32 − 1; anything else is `InvalidTime`. Never throws. */
export function parseUnixSeconds(value: number): Result<UnixSeconds, InvalidTime> {
  return Number.isInteger(value) && value >= 0 && value <= LAST_UNIX_SECOND
    ? ok(value as UnixSeconds)
    : err({ type: 'InvalidTime', value })
}

/** Parses whole Unix milliseconds from 0 to 2^53 − 1; anything else is `InvalidTime`. Never throws. */
export function parseUnixMillis(value: number): Result<UnixMillis, InvalidTime> {
  return Number.isSafeInteger(value) && value >= 0 ? ok(value as UnixMillis) : err({ type: 'InvalidTime', value })
}

/** The second that `at` lies in. */
export function secondOf(at: UnixMillis): UnixSeconds {
  return Math.floor(at / 1000) as UnixSeconds
}
