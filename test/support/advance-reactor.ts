import type { UnixMillis } from '../../src/domain/time.ts'
import type { Reactor } from '../../src/reactors/reactor.ts'
import type { MovableClock } from './movable-clock.ts'

/** Lets time pass for a reactor: it looks at each time that it wished to be woken, and comes to rest before the next. */
export async function advanceReactor(reactor: Reactor, clock: MovableClock, byMs: number): Promise<void> {
  const end = (clock.now() + byMs) as UnixMillis
  for (;;) {
    await reactor.settled()
    const next = clock.nextWakeAt()
    if (next === null || next > end) break
    clock.advanceTo(next)
    // An overdue wake-up comes with the next turn of the event loop.
    await new Promise(setImmediate)
  }
  clock.advanceTo(end)
  await reactor.settled()
}
