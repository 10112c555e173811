/**
 * What some work comes to, or another value where it takes too long. The work itself goes on.
 *
 * @param signal Cuts the time short.
 */
export async function within<Value>(
  ms: number,
  work: Promise<Value>,
  otherwise: Value,
  signal: AbortSignal | null = null,
): Promise<Value> {
  const { promise: late, resolve } = Promise.withResolvers<Value>()
  const stop = (): void => resolve(otherwise)
  const timer = setTimeout(stop, ms)
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
