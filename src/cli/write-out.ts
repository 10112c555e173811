import { once } from 'node:events'

/** Writes to standard output as fast as it is taken there. */
export interface StandardOutput {
  /** @returns Whether anybody still reads, such as not behind `| head`. @throws When it cannot be written otherwise. */
  write(text: string): Promise<boolean>
}

/** Takes over what goes wrong with standard output. */
export function openStandardOutput(): StandardOutput {
  let failure: NodeJS.ErrnoException | null = null
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (failure = error))
  const isTaken = (): boolean => {
    if (failure === null) return true
    if (failure.code === 'EPIPE') return false
    throw new Error('Cannot write to standard output', { cause: failure })
  }
  return {
    async write(text) {
      if (isTaken() && text !== '' && !process.stdout.write(text)) await drained()
      return isTaken()
    },
  }
}

/** It is drained, or failed, which its own listener is told of. */
async function drained(): Promise<void> {
  const stop = new AbortController()
  const ended = (): void => stop.abort()
  process.stdout.once('close', ended).once('error', ended)
  try {
    await once(process.stdout, 'drain', { signal: stop.signal })
  } catch (cause) {
    if (!stop.signal.aborted) throw cause
  } finally {
    process.stdout.off('close', ended).off('error', ended)
  }
}
