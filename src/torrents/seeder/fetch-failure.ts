import type { FetchFailureCode } from '../client/pieces-to-fetch.ts'
import { failureCodeOf } from './seeding-failure.ts'

/** Why pieces cannot be fetched, thrown inside the torrent client's process and caught at its door. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure'
  readonly code: FetchFailureCode

  constructor(code: FetchFailureCode, message: string) {
    super(message)
    this.code = code
  }
}

const WRITES: ReadonlySet<unknown> = new Set(['write', 'fsync'])

/** Says what a failed system call means for fetching. */
export function fetchFailureCodeOf(error: unknown): FetchFailureCode {
  if (error instanceof FetchFailure) return error.code
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return failureCodeOf(error)
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return 'DISK_FULL'
  return WRITES.has(error.syscall) ? 'WRITE_FAILED' : failureCodeOf(error)
}
