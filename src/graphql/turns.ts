/** For how long answers may be worked on before timers, sockets and other requests have their turn. */
const TURN_MS = 4

/** Lets one operation work in short turns. */
export interface Turns {
  /** Resolves when its caller may work on: in the order of the calls, now or once others were heard. */
  take(this: void): Promise<void>
  /** Reads in its turn; the next turn comes when it is done. `read` must take no turns itself. */
  read<Value>(this: void, read: () => Promise<Value>): Promise<Value>
}

// There is one event loop, so all operations share a turn.
let turnBegan = 0
let pause: Promise<void> | null = null

/**
 * The turns of one operation.
 *
 * Reading SQLite and executing queries takes promises alone, which hold up the event loop until all are settled.
 */
export function createTurns(): Turns {
  let last = Promise.resolve()
  return {
    take: async () => {
      last = last.then(waitForTurn)
      return last
    },
    read: async (read) => {
      const reading = last.then(waitForTurn).then(read)
      // What fails is the caller's, who is given it; the turn is over either way.
      const over = (): void => undefined
      last = reading.then(over, over)
      return reading
    },
  }
}

async function waitForTurn(): Promise<void> {
  while (performance.now() - turnBegan >= TURN_MS) {
    pause ??= hearOthers()
    await pause
  }
}

async function hearOthers(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
  turnBegan = performance.now()
  pause = null
}
