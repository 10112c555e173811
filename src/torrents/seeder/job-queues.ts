/** Runs jobs of one key one after the other, in the order they came, and jobs of different keys side by side. */
export interface JobQueues {
  run<Value>(key: string, job: () => Promise<Value>): Promise<Value>
}

/** Creates the queues. */
export function createJobQueues(): JobQueues {
  const last = new Map<string, Promise<unknown>>()

  return {
    run(key, job) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(job)
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
