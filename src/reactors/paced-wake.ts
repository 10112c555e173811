import type { UnixMillis } from '../domain/time.ts'
import type { WallClock } from './wall-clock.ts'

/** Wakes a reactor by what happens too often to look at each time. */
export interface PacedWake {
  wake(): void
  /** Wakes no more. */
  stop(): void
}

const PAUSE_MS = 10_000

/** Passes a wake-up on at once, and those of the ten seconds after it as one, at their end: none is lost. */
export function createPacedWake(wake: () => void, wallClock: WallClock): PacedWake {
  let isPaused = false
  let isOwed = false
  let forget = (): void => undefined

  function wakeNow(): void {
    isPaused = true
    isOwed = false
    wake()
    forget = wallClock.wakeAt((wallClock.now() + PAUSE_MS) as UnixMillis, endPause)
  }

  function endPause(): void {
    isPaused = false
    if (isOwed) wakeNow()
  }

  return {
    wake() {
      if (isPaused) isOwed = true
      else wakeNow()
    },
    stop() {
      // Nothing ends the pause any more.
      isPaused = true
      forget()
    },
  }
}
