/** How much may be moved by now: it grows with time, up to a burst. Times are in milliseconds, of one clock. */
export interface Tokens {
  /**
   * Takes so many bytes, if that much may be moved.
   *
   * @returns 0 where they were taken; else how long to wait before it is worth asking again, and nothing was taken.
   */
  take(bytes: number, now: number): number
  setRate(bytesPerSecond: number, now: number): void
}

/** A burst lasts so long: short beside a second, in which rates are told, and long beside the timers of Node.js. */
const BURST_SECONDS = 0.25
/** A block of a torrent: less would have each wait for a burst that is not even one. */
const LEAST_BURST_BYTES = 16_384

/** What may be moved at once after a pause, in bytes. */
export function burstOf(bytesPerSecond: number): number {
  return Math.max(LEAST_BURST_BYTES, bytesPerSecond * BURST_SECONDS)
}

/**
 * Creates them, with none to begin with.
 *
 * More than a burst can be taken, once the burst is full: what is above it is owed, so that the rate holds.
 *
 * @param bytesPerSecond Above 0.
 */
export function createTokens(bytesPerSecond: number, now: number): Tokens {
  let rate = bytesPerSecond
  let at = now
  let left = 0

  function grow(until: number): void {
    left = Math.min(burstOf(rate), left + (rate * Math.max(0, until - at)) / 1000)
    at = until
  }

  return {
    take(bytes, when) {
      grow(when)
      const missing = Math.min(bytes, burstOf(rate)) - left
      if (missing > 0) return (missing / rate) * 1000
      left -= bytes
      return 0
    },
    setRate(changed, when) {
      grow(when)
      rate = changed
      left = Math.min(left, burstOf(rate))
    },
  }
}
