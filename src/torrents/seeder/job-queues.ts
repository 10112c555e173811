/** Runs jobs of one key one after the other, in the order they came, and jobs of different keys side by side. */
export interface JobQueues {
  run<Value>(key: string, job: () => Promise<Value>): Promise<Value>
}

/**
 * Creates the queues.
 *
 * @param width How many jobs may run at once.
 */
export function createJobQueues(width: number): JobQueues {
  const last = new Map<string, Promise<unknown>>()
  const waiting: (() => void)[] = []
  let running = 0

  async function admitted<Value>(job: () => Promise<Value>): Promise<Value> {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    run(key, job) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(() => admitted(job))
      const settled = mine.then(
        () => undefined,
        () => undefined, // Whoever asked hears of it; the next in the queue only waits for the end.
      )
      last.set(key, settled)
      void settled.then(() => last.get(key) === settled && last.delete(key))
      return mine
    },
  }
}
