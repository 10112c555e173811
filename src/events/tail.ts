import { setImmediate } from 'node:timers/promises'
import type { RecentEvents } from './recent-events.ts'
import type { Position, Recorded } from './recorded-event.ts'

/** How many events are taken at once from memory, where they are anyway, before the event loop has its turn. */
const LIVE_EVENTS = 500

/** The same from disk: thousands may follow at a time, each with a page of its own. */
const PAGE_EVENTS = 50

/** Where a tail reads from. */
export interface TailSource {
  readonly recent: RecentEvents
  /** One page of events after a position, from disk. */
  readPage(after: Position, limit: number): readonly Recorded[]
  /** Is told when one that followed live fell behind what is in memory. */
  onFellBehind(): void
}

/**
 * Follows the log from a position: the backlog from disk, then each event as it is committed.
 *
 * One loop for both: what memory no longer holds is read from disk, so falling behind and catching up need no
 * hand-over that could lose or repeat an event. Ends when `signal` aborts, the log closes, or the consumer
 * returns, also while it waits.
 */
export function followLog(source: TailSource, after: Position, signal: AbortSignal): AsyncIterableIterator<Recorded> {
  const stop = new AbortController()
  const events = follow(source, after, signal, stop)
  return {
    next: () => events.next(),
    // A generator that waits would answer `return` only after its next event; stopping it first lets it go now.
    return: () => {
      stop.abort()
      return events.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function* follow(
  { recent, readPage, onFellBehind }: TailSource,
  after: Position,
  signal: AbortSignal,
  stop: AbortController,
): AsyncGenerator<Recorded, undefined> {
  const forward = (): void => stop.abort()
  if (signal.aborted) stop.abort()
  else signal.addEventListener('abort', forward)
  try {
    let position = after
    let isLive = false
    while (!stop.signal.aborted && !recent.closed) {
      const live = recent.after(position, LIVE_EVENTS)
      if (isLive && live === null) onFellBehind()
      isLive = live !== null
      const events = live ?? readPage(position, PAGE_EVENTS)
      for (const recorded of events) {
        yield recorded
        if (stop.signal.aborted) return
        position = recorded.position
      }
      if (events.length === 0) await recent.changed(stop.signal)
      else await setImmediate()
    }
  } finally {
    signal.removeEventListener('abort', forward)
  }
}
