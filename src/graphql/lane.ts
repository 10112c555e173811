/** Lets work of one kind begin a few at a time, so that there is room between for work of all other kinds. */
export interface Lane {
  /** Resolves when its caller may begin: in the order of the calls, at once where few have begun. */
  readonly enter: () => Promise<void>
}

/**
 * Work that takes promises alone holds up the event loop until all of it is settled, however many begin it: an event that
 * thousands of subscribers wait for is worked on for each of them.
 *
 * @param many How many begin before timers, sockets and requests have their turn: together some milliseconds of work.
 */
export function createLane(many: number): Lane {
  const waiting: (() => void)[] = []
  let begun = 0

  function begin(): void {
    if (begun === 0) setImmediate(goOn)
    begun += 1
  }

  function goOn(): void {
    begun = 0
    for (const go of waiting.splice(0, many)) {
      begin()
      go()
    }
  }

  return {
    enter: async () => {
      if (begun >= many) return new Promise<void>((resolve) => void waiting.push(resolve))
      begin()
      return undefined
    },
  }
}
