/** How long a page may hold the event loop, in milliseconds: what others wait for is often of that length itself. */
const PAGE_MS = 5
const MOST_ROWS = 1000
const FIRST_ROWS = 64

/** How many rows to take at once, learnt from how long the last ones took: rows of one log differ in size by a thousand. */
export class PageSize {
  #rows = FIRST_ROWS

  get rows(): number {
    return this.#rows
  }

  /** @param ms How long the last page took. */
  learn(ms: number): void {
    if (ms > PAGE_MS) this.#rows = Math.max(1, Math.floor((this.#rows * PAGE_MS) / ms))
    else if (ms < PAGE_MS / 2) this.#rows = Math.min(MOST_ROWS, this.#rows * 2)
  }
}
