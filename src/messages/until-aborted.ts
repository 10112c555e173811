import type { Steps } from './write-queue.ts'

/**
 * Ends work on the database between two steps. It does not throw, as what a step throws ends all work that shares its
 * transaction: whoever aborted knows.
 *
 * @param otherwise What comes of work that was ended.
 */
export function* untilAborted<Outcome>(
  steps: Steps<Outcome>,
  otherwise: Outcome,
  signal: AbortSignal | undefined,
): Steps<Outcome> {
  for (;;) {
    if (signal?.aborted === true) return otherwise
    const next = steps.next()
    if (next.done === true) return next.value
    yield next.value
  }
}
