import { ByteBucket } from '../../bandwidth/byte-bucket.ts'

/** For how long the web seed keeps its half after anything was sent. */
const IDLE_MS = 2_000
/** Slower, a client of the web seed would take it for dead: a slice of 16 KiB in four seconds, where most wait for 15. */
const LEAST_BYTES_PER_SECOND = 4_000

/**
 * One upload limit, for torrents in a process of their own and the web seed in this one: while the web seed is used, each
 * has a half of it, and else torrents have all. So together they keep to it, but for the moment until torrents heard.
 */
export class UploadShare {
  readonly #onChanged: () => void
  readonly #bucket = new ByteBucket(null)
  #limit: number | null = null
  readonly #idleMs: number
  #streams = 0
  #waiting = 0
  #isUsed = false
  #idle: NodeJS.Timeout | undefined

  /** @param onChanged Told when torrents are to have more, or less. */
  constructor(onChanged: () => void, idleMs: number = IDLE_MS) {
    this.#onChanged = onChanged
    this.#idleMs = idleMs
  }

  /** What torrents may have of it now, in bytes a second. */
  get ofTorrents(): number | null {
    return this.#limit !== null && this.#isUsed ? this.#limit / 2 : this.#limit
  }

  setLimit(bytesPerSecond: number | null): void {
    this.#limit = bytesPerSecond
    this.#bucket.setRate(bytesPerSecond === null ? null : bytesPerSecond / 2)
  }

  /** Whether one more answer of the web seed comes fast enough with its part of the half. */
  get hasRoom(): boolean {
    return this.#limit === null || this.#limit / 2 / (this.#streams + 1) >= LEAST_BYTES_PER_SECOND
  }

  /** The web seed begins an answer; it ends with what this returns. */
  begin(): Disposable {
    this.#streams += 1
    return { [Symbol.dispose]: () => void (this.#streams -= 1) }
  }

  /** Waits until the web seed may send so many bytes. @throws The reason of the signal, where that aborts before. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#limit !== null) this.#use()
    this.#waiting += 1
    try {
      await this.#bucket.take(bytes, signal)
    } finally {
      this.#waiting -= 1
      this.#rest()
    }
  }

  /** Ends its waiting. */
  stop(): void {
    clearTimeout(this.#idle)
    this.#isUsed = false
  }

  #use(): void {
    clearTimeout(this.#idle)
    if (this.#isUsed) return
    this.#isUsed = true
    this.#onChanged()
  }

  /** Who waits for its turn uses it all the while, however long that takes. */
  #rest(): void {
    if (!this.#isUsed || this.#waiting > 0) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      this.#isUsed = false
      this.#onChanged()
    }, this.#idleMs)
  }
}
