/** Longer than any round takes. */
const LIMIT_MS = 90_000

/** Waits no longer than a bench may. @throws When it takes longer, or as `work` does. */
export async function withinLimit<Value>(what: string, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`Cannot measure: ${what} takes longer than ${LIMIT_MS} ms`)),
    LIMIT_MS,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
