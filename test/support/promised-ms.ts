import { availableParallelism, loadavg } from 'node:os'

/**
 * How long something may take that is promised within so many milliseconds: those, on a machine that has a processor
 * to spare; on a busy one, as many times longer as there are others that wait for each of its processors.
 */
export function promisedMs(ms: number): number {
  return ms * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
}
