import { ByteBucket } from '../../bandwidth/byte-bucket.ts'

/** For how long the web seed keeps its half after it was used last. */
const IDLE_MS = 10_000

/**
 * One upload limit, for torrents in a process of their own and the web seed in this one: while the web seed is used, each
 * has a half of it, and else torrents have all. So together they keep to it, but for the moment until torrents heard.
 */
export class UploadShare {
  readonly #onChanged: () => void
  readonly #bucket = new ByteBucket(null)
  #limit: number | null = null
  #idle: NodeJS.Timeout | null = null

  /** @param onChanged Told when torrents are to have more, or less. */
  constructor(onChanged: () => void) {
    this.#onChanged = onChanged
  }

  /** What torrents may have of it now, in bytes a second. */
  get ofTorrents(): number | null {
    return this.#limit !== null && this.#idle !== null ? this.#limit / 2 : this.#limit
  }

  setLimit(bytesPerSecond: number | null): void {
    this.#limit = bytesPerSecond
    this.#bucket.setRate(bytesPerSecond === null ? null : bytesPerSecond / 2)
  }

  /** Waits until the web seed may send so many bytes. @throws The reason of the signal, where that aborts before. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#limit !== null) this.#use()
    await this.#bucket.take(bytes, signal)
  }

  /** Ends its waiting. */
  stop(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
  }

  #use(): void {
    if (this.#idle !== null) {
      this.#idle.refresh()
      return
    }
    this.#idle = setTimeout(() => {
      this.#idle = null
      this.#onChanged()
    }, IDLE_MS)
    this.#onChanged()
  }
}
