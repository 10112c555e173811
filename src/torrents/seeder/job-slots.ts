/** Runs so many jobs at once; the others wait, in the order they came. */
export interface JobSlots {
  /** @param onWait Told with true when the job has to wait, and then with false when it need not any longer. */
  run<Value>(job: () => Promise<Value>, onWait?: (isWaiting: boolean) => void): Promise<Value>
}

/**
 * Creates the slots.
 *
 * @param width How many jobs may run at once.
 */
export function createJobSlots(width: number): JobSlots {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async run(job, onWait) {
      if (running >= width) {
        onWait?.(true)
        await new Promise<void>((resolve) => waiting.push(resolve))
        onWait?.(false)
      } else running += 1
      try {
        return await job()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}
