import type { UnixMillis } from '../domain/time.ts'

/** The time of the system's clock. */
export function systemClock(): UnixMillis {
  return Date.now() as UnixMillis
}
