import type { UnixSeconds } from '../../domain/time.ts'

/** A range of seconds: in at `from`, out at `to`. */
export interface Partition {
  readonly from: UnixSeconds
  readonly to: UnixSeconds
}

/**
 * Cuts [from, to) into partitions of equal length from `from` on; the last is cut short at `to`.
 *
 * @param partitionSeconds Whole seconds, at least 1.
 */
export function* partitionsOf(from: UnixSeconds, to: UnixSeconds, partitionSeconds: number): Iterable<Partition> {
  for (let start: number = from; start < to; start += partitionSeconds) {
    yield { from: start as UnixSeconds, to: Math.min(start + partitionSeconds, to) as UnixSeconds }
  }
}
