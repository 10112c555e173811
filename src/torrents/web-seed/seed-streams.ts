import type { ServerResponse } from 'node:http'

/** Answers that are being sent, so many at once and none for ever. */
export interface SeedStreams {
  /**
   * Sends bytes as fast as they are read at the other end, and ends the answer. One that is not read, or of which the source
   * fails, is cut off: what was promised in its head did not come.
   *
   * @returns False where there are too many already; then nothing of it was sent.
   * @throws What `bytes` throws, after the answer was cut off if it had begun.
   */
  send(response: ServerResponse, bytes: () => AsyncIterable<Uint8Array>): Promise<boolean>
}

export interface SeedStreamLimits {
  /** How many answers are sent at once. Each holds a file and a few pieces. */
  readonly streams: number
  /** For how long a client may not read one piece. */
  readonly stallMs: number
  /** From when on one who does not read makes room for one who may. */
  readonly idleMs: number
}

/** Pieces of 100 KiB within half a minute are what the slowest line does. */
export const SEED_STREAM_LIMITS: SeedStreamLimits = { streams: 64, stallMs: 30_000, idleMs: 2_000 }

interface Stream {
  readonly response: ServerResponse
  /** Since when it waits for its reader, in milliseconds of `performance.now`; null while it does not. */
  waitsSince: number | null
}

/** Creates them, with none under way. */
export function createSeedStreams({ streams, stallMs, idleMs }: SeedStreamLimits = SEED_STREAM_LIMITS): SeedStreams {
  const open = new Set<Stream>()

  /** Whoever reads least makes room. */
  function makeRoom(): boolean {
    if (open.size < streams) return true
    const longest = [...open].reduce((one, other) => (since(other) < since(one) ? other : one))
    if (performance.now() - since(longest) < idleMs) return false
    open.delete(longest)
    longest.response.destroy()
    return true
  }

  return {
    async send(response, bytes) {
      if (!makeRoom()) return false
      const stream: Stream = { response, waitsSince: null }
      open.add(stream)
      try {
        for await (const chunk of bytes()) {
          if (response.destroyed) return true
          if (!response.write(chunk)) await drained(stream, stallMs)
        }
        response.end()
        return true
      } catch (error) {
        if (response.headersSent) response.destroy()
        throw error
      } finally {
        open.delete(stream)
      }
    },
  }
}

function since({ waitsSince }: Stream): number {
  return waitsSince ?? Infinity
}

/** Waits until what was written was read, or nobody is there any more. */
async function drained(stream: Stream, stallMs: number): Promise<void> {
  const { response } = stream
  if (response.destroyed) return
  stream.waitsSince = performance.now()
  const stall = setTimeout(() => response.destroy(), stallMs)
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('drain', resolve).once('close', resolve)
  await promise
  response.off('drain', resolve).off('close', resolve)
  clearTimeout(stall)
  stream.waitsSince = null
}
