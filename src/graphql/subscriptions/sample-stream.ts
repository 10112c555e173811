import type { GraphqlContext } from '../context.ts'
import { guardStream } from '../transport/guarded-stream.ts'
import { untilEnded } from './until-ended.ts'

const SAMPLE_MS = 1000

/** One sample a second while somebody pulls who may. The first comes at once, and none is ever held. */
export function sampleEverySecond<Sample extends object>(
  read: () => Promise<Sample>,
  context: GraphqlContext,
): AsyncIterableIterator<Sample, undefined> {
  const abort = new AbortController()
  let dueAt = 0

  async function pull(): Promise<Sample | undefined> {
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await wait(waitMs, abort.signal)
    if (abort.signal.aborted) return undefined
    dueAt = performance.now() + SAMPLE_MS
    return read()
  }

  return guardStream(untilEnded({ pull, release: async () => abort.abort() }, context), context)
}

/** Resolves after a time, or as soon as the signal aborts. */
async function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    signal.addEventListener('abort', done)
  })
}
