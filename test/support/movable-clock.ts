import type { UnixMillis } from '../../src/domain/time.ts'
import type { WallClock } from '../../src/reactors/wall-clock.ts'

/** A clock that stands still until a test moves it. */
export interface MovableClock extends WallClock {
  /** Lets time pass: calls what is due by then, in order of time, each at its own time. Throws where that has passed. */
  readonly advanceTo: (at: UnixMillis) => void
  readonly advanceBy: (ms: number) => void
  /** Sets the clock, forth or back, as one that was wrong is: all that is due then is called at that time. */
  readonly jumpTo: (at: UnixMillis) => void
  readonly jumpBy: (ms: number) => void
  /** When the next call is due, which is now where that has passed; null where nobody waits. */
  readonly nextWakeAt: () => UnixMillis | null
}

interface Wait {
  readonly at: UnixMillis
  readonly since: UnixMillis
  readonly wake: () => void
}

export function createMovableClock(start = 1_800_000_000_000 as UnixMillis): MovableClock {
  const waits = new Set<Wait>()
  let time = start

  function next(): Wait | null {
    return [...waits].reduce<Wait | null>((first, wait) => (first === null || wait.at < first.at ? wait : first), null)
  }

  function call(wait: Wait): void {
    if (waits.delete(wait)) wait.wake()
  }

  function advanceTo(at: UnixMillis): void {
    if (at < time) throw new Error(`Cannot advance to ${at}: it is ${time} already`)
    for (let wait = next(); wait !== null && wait.at <= at; wait = next()) {
      time = later(time, wait.at)
      call(wait)
    }
    time = at
  }

  function jumpTo(at: UnixMillis): void {
    time = at
    for (const wait of waits) if (at < wait.since) call(wait)
    advanceTo(at)
  }

  return {
    now: () => time,
    wakeAt(at, wake) {
      const wait = { at, since: time, wake }
      waits.add(wait)
      const overdue = at <= time ? setImmediate(() => call(wait)) : undefined
      return () => {
        clearImmediate(overdue)
        waits.delete(wait)
      }
    },
    advanceTo,
    advanceBy: (ms) => advanceTo((time + ms) as UnixMillis),
    jumpTo,
    jumpBy: (ms) => jumpTo((time + ms) as UnixMillis),
    nextWakeAt: () => {
      const wait = next()
      return wait && later(wait.at, time)
    },
  }
}

function later(one: UnixMillis, other: UnixMillis): UnixMillis {
  return one > other ? one : other
}
