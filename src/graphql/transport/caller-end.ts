import type { Caller } from '../caller.ts'

/** What is to be ended with each caller: one listener a signal, however many connections one token has. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Has something ended once its caller may no longer speak; at once where that is so already.
 *
 * @returns To be called when it ended of itself.
 */
export function whenEnded(caller: Caller | null, end: () => void): () => void {
  const ended = caller?.ended ?? null
  if (ended === null) return () => undefined
  if (ended.aborted) {
    end()
    return () => undefined
  }
  const ends = waiting.get(ended) ?? new Set()
  if (!waiting.has(ended)) {
    waiting.set(ended, ends)
    ended.addEventListener('abort', () => ends.forEach((each) => each()), { once: true })
  }
  ends.add(end)
  return () => void ends.delete(end)
}

/** Why a caller may no longer speak, as its signal says. */
export function reasonOfEnd({ reason }: AbortSignal): string {
  const said = typeof reason === 'object' && reason !== null && 'message' in reason ? reason.message : reason
  const isSaid = typeof said === 'string' && !(reason instanceof DOMException)
  return isSaid ? said : 'The token expired or was revoked.'
}
