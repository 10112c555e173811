import type { UnixMillis } from '../domain/time.ts'
import type { WallClock } from '../reactors/wall-clock.ts'

/** The longest time, in milliseconds, for which nobody looks at the clock: a jump is noticed that late at most. */
export const LONGEST_STRETCH_MS = 60_000

/**
 * The clock of the system.
 *
 * The timers of Node.js go by another one, which does not count sleep, knows of no jumps and ends at 2^31 − 1 ms. So a
 * wait is cut into stretches, after each of which the time is read again.
 */
export const systemClock: WallClock = {
  now,
  wakeAt(at, wake) {
    const since = now()
    let timer: NodeJS.Timeout
    function wait(): void {
      timer = setTimeout(look, Math.min(Math.max(0, at - now()), LONGEST_STRETCH_MS))
    }
    function look(): void {
      const time = now()
      if (time >= at || time < since) wake()
      else wait()
    }
    wait()
    return () => clearTimeout(timer)
  },
}

function now(): UnixMillis {
  return Date.now() as UnixMillis
}
