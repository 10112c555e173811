/** How much may be done at once. */
export interface Limit {
  isReached(): boolean
  add(bytes: number): void
}

/** A limit of time from now on, and of bytes. */
export function createLimit(ms: number, bytes: number): Limit {
  const end = performance.now() + ms
  let left = bytes
  return {
    isReached: () => left <= 0 || performance.now() >= end,
    add: (more) => {
      left -= more
    },
  }
}
