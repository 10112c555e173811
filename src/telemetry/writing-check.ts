import type { UnixMillis } from '../domain/time.ts'

/** Whether the log takes what is written. */
export interface WritingCheck {
  /** An append ended: as a whole it was written, or failed. */
  appended(isWritten: boolean): void
  /** Whether the last append was written. Where it was not, this tries again. */
  isWritable(): Promise<boolean>
}

/** A try may wait for the lock of another process for some seconds, which holds the event loop. */
const PAUSE_MS = 15_000

/**
 * Remembers a write that failed until one succeeds. A node to which nobody sends wishes, as it is not ready, would never write
 * again: so whoever asks has it try, a few times a minute.
 *
 * @param write Writes the least that can be written, and no event.
 */
export function createWritingCheck(write: () => Promise<unknown>, now: () => UnixMillis): WritingCheck {
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
      return isWritten
    },
  }
}
