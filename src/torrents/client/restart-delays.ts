/** How long to wait before each new start of a process that keeps dying. */
export interface RestartDelays {
  /** The process works. */
  up(): void
  /** It is gone: how long to wait before the next start, in milliseconds. */
  next(): number
}

/** The first start is at once, so that a single death costs no more than the start itself. */
const DELAYS_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000] as const
/** A process that worked for so long did not die of its start. */
const HEALTHY_MS = 10_000

/** Waits longer after each start, and begins anew once a process has lived for ten seconds. */
export function createRestartDelays(now: () => number = () => performance.now()): RestartDelays {
  let starts = 0
  let upSince: number | null = null
  return {
    up() {
      upSince = now()
    },
    next() {
      if (upSince !== null && now() - upSince >= HEALTHY_MS) starts = 0
      upSince = null
      const delayMs = DELAYS_MS[Math.min(starts, DELAYS_MS.length - 1)] ?? 0
      starts += 1
      return delayMs
    },
  }
}
