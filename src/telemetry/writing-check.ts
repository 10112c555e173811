import type { UnixMillis } from '../domain/time.ts'

/** Whether the log takes what is written. */
export interface WritingCheck {
  /** An append ended: as a whole it was written, or failed. */
  appended(isWritten: boolean): void
  /**
   * Whether the last append was written, and the disk has room for another. Where it was not, this tries again.
   *
   * @throws When the disk cannot be asked.
   */
  isWritable(): Promise<boolean>
}

/** What the least that is written needs, with what SQLite adds to it. */
const LEAST_BYTES = 1024 * 1024

/** A try may wait for the lock of another process for some seconds, which holds the event loop. */
const PAUSE_MS = 15_000

/**
 * Remembers a write that failed until one succeeds. A node to which nobody sends wishes, as it is not ready, would never write
 * again: so whoever asks has it try, a few times a minute. Nor does it write while nobody wishes for anything, or where what
 * comes before the append fails: so whoever asks has it look at the disk too.
 *
 * @param write Writes the least that can be written, and no event.
 * @param readFreeBytes How much the disk of the log has left.
 */
export function createWritingCheck(
  write: () => Promise<unknown>,
  readFreeBytes: () => Promise<number>,
  now: () => UnixMillis,
): WritingCheck {
  let isWritten = true
  let triedAt = 0
  let trying: Promise<void> | null = null

  async function tryAgain(): Promise<void> {
    triedAt = now()
    // Why it fails was told to whoever wished what failed first.
    isWritten = await write().then(
      () => true,
      () => false,
    )
    trying = null
  }

  return {
    appended(written) {
      if (isWritten && !written) triedAt = now()
      isWritten = written
    },
    async isWritable() {
      if (!isWritten && Math.abs(now() - triedAt) >= PAUSE_MS) trying ??= tryAgain()
      await trying
      return isWritten && (await readFreeBytes()) >= LEAST_BYTES
    },
  }
}
