import { vi } from 'vitest'

/** No promise, but how long the busiest machine is given, in milliseconds. */
const PATIENCE_MS = 30_000

/** Looks until what is seen is as expected. @returns What was seen then. @throws What the last look threw. */
export async function eventually<Seen>(look: () => Seen | Promise<Seen>): Promise<Seen> {
  return await vi.waitFor(look, { timeout: PATIENCE_MS, interval: 10 })
}
