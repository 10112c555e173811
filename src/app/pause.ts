/** Waits, but not beyond the abort. */
export async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, waitMs)
  const end = (): void => over.resolve()
  signal.addEventListener('abort', end)
  await over.promise
  clearTimeout(timer)
  signal.removeEventListener('abort', end)
}
