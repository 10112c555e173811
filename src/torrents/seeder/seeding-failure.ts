import type { SeedingFailureCode } from '../../domain/failure-codes.ts'

/** Why a torrent cannot be served, thrown inside the torrent client's process and caught at its door. */
export class SeedingFailure extends Error {
  override readonly name = 'SeedingFailure'
  readonly code: SeedingFailureCode

  constructor(code: SeedingFailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Says what a failed system call means for serving. */
export function failureCodeOf(error: unknown): SeedingFailureCode {
  if (error instanceof SeedingFailure) return error.code
  if (!(error instanceof Error) || !('code' in error) || !('errno' in error)) return 'INTERNAL'
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'FILES_MISSING'
    case 'EMFILE':
    case 'ENFILE':
      return 'TOO_MANY_OPEN_FILES'
    case 'EACCES':
    case 'EPERM':
      return 'ACCESS_DENIED'
    default:
      return 'READ_FAILED'
  }
}
