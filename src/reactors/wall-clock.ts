import type { UnixMillis } from '../domain/time.ts'

/** The time of day, which people and machines set: it may jump, forth and back, and go on while the machine sleeps. */
export interface WallClock {
  readonly now: () => UnixMillis
  /**
   * Calls `wake` once, soon after the time has come; never before `wakeAt` returns.
   *
   * Also when the clock was set back to before the call: what was reckoned with the old time may not hold. So a wait is
   * never longer than it was meant to be, and who is woken looks at the clock.
   *
   * @returns Cancels the call.
   */
  readonly wakeAt: (at: UnixMillis, wake: () => void) => () => void
}
