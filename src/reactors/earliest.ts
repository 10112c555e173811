import type { UnixMillis } from '../domain/time.ts'

/** The earlier of two times, either of which may never come. */
export function earliest(left: UnixMillis | null, right: UnixMillis | null): UnixMillis | null {
  if (left === null || right === null) return left ?? right
  return Math.min(left, right) as UnixMillis
}
