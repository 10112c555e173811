/** Makes written pieces durable now and then, so that a crash costs little. */
export interface Checkpoints {
  /** A piece was written. */
  wrote(piece: number, bytes: number): void
  /** Makes all durable that was written before the call. @throws What `makeDurable` throws. */
  flush(): Promise<void>
}

/** Half of the two seconds that it may take at most: a disk needs some of them. */
const CHECKPOINT_MS = 1_000
const CHECKPOINT_BYTES = 16 * 1_024 * 1_024

/**
 * Creates them: one after so long or so many bytes since the first piece that is not durable yet.
 *
 * @param makeDurable Makes durable what was written before the call. Called again only once it has ended.
 * @param onFailed Told of what `makeDurable` threw where nobody waits for it. The pieces are not durable then.
 */
export function createCheckpoints(
  makeDurable: (pieces: readonly number[]) => Promise<void>,
  onFailed: (error: unknown) => void,
): Checkpoints {
  let pending: number[] = []
  let pendingBytes = 0
  let timer: NodeJS.Timeout | null = null
  let last: Promise<void> = Promise.resolve()

  async function checkpoint(): Promise<void> {
    if (pending.length === 0) return
    const pieces = pending
    pending = []
    await makeDurable(pieces)
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    pendingBytes = 0
    const mine = last.then(checkpoint)
    last = mine.catch(() => undefined) // Whoever asked for it hears of it.
    return mine
  }

  return {
    flush,
    wrote(piece, bytes) {
      pending.push(piece)
      pendingBytes += bytes
      const flushNow = (): void => void flush().catch(onFailed)
      if (pendingBytes >= CHECKPOINT_BYTES) flushNow()
      else timer ??= setTimeout(flushNow, CHECKPOINT_MS)
    },
  }
}
