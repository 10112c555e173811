import type { ArchiveFailureCode } from '../../domain/failure-codes.ts'

/** Why packing ended without an archive; what was served before is as it was. */
export interface PackingFailed {
  readonly type: 'PackingFailed'
  readonly code: ArchiveFailureCode
  /** What the code leaves open, such as the length that was found; never text. */
  readonly numbers: Readonly<Record<string, number>>
  /** What was thrown, for the node's own log. */
  readonly cause: unknown
}

/** Ends the packing from any depth with a code of its own; `packArchives` turns it into a value. */
export class PackingStopped extends Error {
  readonly code: ArchiveFailureCode
  readonly numbers: Readonly<Record<string, number>>

  constructor(code: ArchiveFailureCode, message: string, numbers: Readonly<Record<string, number>> = {}) {
    super(message)
    this.code = code
    this.numbers = numbers
  }
}

/** What the system's error codes mean to whoever reads the event. */
const CODES: ReadonlyMap<unknown, ArchiveFailureCode> = new Map<unknown, ArchiveFailureCode>([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EPERM', 'ACCESS_DENIED'],
  ['EROFS', 'ACCESS_DENIED'],
  ['EMFILE', 'TOO_MANY_OPEN_FILES'],
  ['ENFILE', 'TOO_MANY_OPEN_FILES'],
  // Only files that were recorded are opened without being created.
  ['ENOENT', 'FILES_DAMAGED'],
  ['ENOTDIR', 'FILES_DAMAGED'],
  ['EISDIR', 'FILES_DAMAGED'],
])

/**
 * Names what was thrown while archives were packed.
 *
 * @param undoing What was thrown when the packing was undone after that, or null.
 */
export function packingFailureOf(thrown: unknown, undoing: unknown): PackingFailed {
  const cause = undoing === null ? thrown : new AggregateError([thrown, undoing], 'Cannot undo a failed packing')
  if (thrown instanceof PackingStopped) {
    return { type: 'PackingFailed', code: thrown.code, numbers: thrown.numbers, cause }
  }
  return { type: 'PackingFailed', code: failureCodeOf(thrown), numbers: {}, cause }
}

/** The code of what the file system threw; INTERNAL for anything else. */
export function failureCodeOf(thrown: unknown): ArchiveFailureCode {
  return CODES.get(systemCodeOf(thrown)) ?? 'INTERNAL'
}

/** The system's own code of an error, such as `ENOENT`; null where it has none. */
export function systemCodeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : null
}
