import type { UnixMillis } from '../domain/time.ts'
import type { WebhookOffCode } from '../domain/webhook.ts'
import type { Try, Webhook } from './webhook.ts'

/** How telling a webhook goes, apart from what it is told. */
export type Progress = Pick<Webhook, 'off' | 'failures' | 'failingSince' | 'nextTryAt'>

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 3_600_000
/** Three days of nothing but failures. */
const GIVE_UP_AFTER_MS = 259_200_000
/** Fewer than three days take: a machine that was off meanwhile failed at nothing. */
const LEAST_FAILURES = 50
/** "Gone": the receiver wants no more of it. */
const GONE = 410

/** Before the first try, and after each that succeeded. */
export const NOT_FAILING: Progress = { off: null, failures: 0, failingSince: null, nextTryAt: null }

/**
 * Plans what becomes of a webhook after a try: waits double from 5 s to an hour, by chance over the upper half of that, and
 * after three days and 50 tries without one that succeeded, or an answer that it is gone, it is switched off.
 *
 * @param random From 0 to 1.
 */
export function planRetry(before: Progress, { failure, status, triedAt }: Try, random: number): Progress {
  if (failure === null) return NOT_FAILING
  const failures = before.failures + 1
  // A time that is yet to come is of a clock that was set back since.
  const failingSince = Math.min(before.failingSince ?? triedAt, triedAt) as UnixMillis
  const off = offAfter(status, failures, triedAt - failingSince)
  const fullMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 30), LONGEST_WAIT_MS)
  const nextTryAt = off === null ? ((triedAt + Math.round(fullMs * (0.5 + random / 2))) as UnixMillis) : null
  return { off, failures, failingSince, nextTryAt }
}

function offAfter(status: number | null, failures: number, failingMs: number): WebhookOffCode | null {
  if (status === GONE) return 'GONE'
  return failingMs >= GIVE_UP_AFTER_MS && failures >= LEAST_FAILURES ? 'GAVE_UP' : null
}
