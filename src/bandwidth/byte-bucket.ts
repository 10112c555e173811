import { createTokens, type Tokens } from './tokens.ts'

interface Waiter {
  readonly bytes: number
  readonly grant: () => void
}

/** Holds whoever moves bytes to a rate that they share. */
export class ByteBucket {
  readonly #waiting: Waiter[] = []
  #tokens: Tokens | null = null
  #timer: NodeJS.Timeout | undefined

  /** @param bytesPerSecond Above 0. Null: no limit. */
  constructor(bytesPerSecond: number | null) {
    this.setRate(bytesPerSecond)
  }

  /** Counts at once, also for those who wait. Null: no limit. */
  setRate(bytesPerSecond: number | null): void {
    if (bytesPerSecond === null) this.#tokens = null
    else if (this.#tokens === null) this.#tokens = createTokens(bytesPerSecond, performance.now())
    else this.#tokens.setRate(bytesPerSecond, performance.now())
    this.#grant()
  }

  /**
   * Waits until so many bytes may be moved. Who asked first is served first.
   *
   * In any stretch of time all that is granted is at most what the rate comes to in it, and a burst: a quarter of a second,
   * or the largest single take where that is more.
   *
   * @param bytes Any number: one above the burst waits for as long as it takes.
   * @throws The reason of the signal, where that aborts before. Nothing is taken then.
   */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const granted = Promise.withResolvers<void>()
    const waiter: Waiter = { bytes, grant: granted.resolve }
    const giveUp = (): void => {
      granted.reject(signal?.reason)
      this.#forget(waiter)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    this.#waiting.push(waiter)
    if (this.#waiting.length === 1) this.#grant()
    try {
      await granted.promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  #grant(): void {
    clearTimeout(this.#timer)
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const waitMs = this.#tokens?.take(first.bytes, performance.now()) ?? 0
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#grant(), Math.ceil(waitMs))
        return
      }
      this.#waiting.shift()
      first.grant()
    }
  }

  /** Who waits behind it may need less. Once it was granted it does not wait any more. */
  #forget(waiter: Waiter): void {
    const at = this.#waiting.indexOf(waiter)
    if (at === -1) return
    this.#waiting.splice(at, 1)
    if (at === 0) this.#grant()
  }
}
