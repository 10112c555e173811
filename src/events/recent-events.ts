import type { Position, Recorded } from './recorded-event.ts'

/** How many events stay in memory for those who follow the log live. */
const CAPACITY = 1024

/**
 * The newest events, in memory, and the bell that rings when there are more.
 *
 * Bounded: whoever is too slow for it reads the log again from where it was.
 */
export class RecentEvents {
  /** All events after `#before`, without a gap, up to the head. */
  #events: Recorded[] = []
  #before: Position
  #closed = false
  readonly #waiting = new Set<() => void>()

  constructor(head: Position) {
    this.#before = head
  }

  /** Nothing will be added any more. */
  get closed(): boolean {
    return this.#closed
  }

  /**
   * Takes in what was committed, and wakes everybody who waits.
   *
   * @param before The position of the head before the commit. Where it is not the newest known here, another
   *   process wrote in between, and what is held is let go.
   */
  add(before: Position, events: readonly Recorded[]): void {
    if (before !== (this.#events.at(-1)?.position ?? this.#before)) {
      this.#events = []
      this.#before = before
    }
    for (const recorded of events) this.#events.push(recorded)
    // Cut only when it is twice too long, so that an append moves no more than it adds.
    if (this.#events.length > 2 * CAPACITY) {
      const dropped = this.#events.splice(0, this.#events.length - CAPACITY)
      this.#before = dropped.at(-1)?.position ?? this.#before
    }
    this.#wake()
  }

  /** Up to `limit` events after `position`; null when some of them are no longer held. */
  after(position: Position, limit: number): readonly Recorded[] | null {
    if (position < this.#before) return null
    const newest = this.#events.at(-1)
    if (newest === undefined || newest.position <= position) return []
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const candidate = this.#events[middle]
      if (candidate !== undefined && candidate.position <= position) low = middle + 1
      else high = middle
    }
    return this.#events.slice(low, low + limit)
  }

  /** Resolves at the next commit, when this is closed, or when `signal` aborts. Leaves no listener behind. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  /** Lets everybody who waits go. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
