/** Why a run ended without an archive. */
export type ArchiveFailureCode =
  /** The process ended in the middle of the run. */
  | 'INTERRUPTED'
  /** The community was left, or archiving was switched off, in the middle of the run. */
  | 'STOPPED'
  /** The disk has too little space left. */
  | 'DISK_FULL'
  /** The community's archives would take more than its quota. */
  | 'QUOTA_EXCEEDED'
  /** The system refused access to a file. */
  | 'ACCESS_DENIED'
  /** The files of the version before are missing or are not what was recorded. */
  | 'FILES_DAMAGED'
  /** Too many files are open. */
  | 'TOO_MANY_OPEN_FILES'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

/** Why the torrent client cannot serve a torrent. */
export type SeedingFailureCode =
  /** A file of the torrent does not exist. */
  | 'FILES_MISSING'
  /** A file of the torrent is shorter than recorded. */
  | 'FILES_TOO_SHORT'
  /** A piece does not have the hash that the torrent names. */
  | 'PIECES_DAMAGED'
  /** The system failed to read a file. */
  | 'READ_FAILED'
  /** The system refused access to a file. */
  | 'ACCESS_DENIED'
  /** Too many files are open. */
  | 'TOO_MANY_OPEN_FILES'
  /** The torrent client did not answer in time. */
  | 'TIMED_OUT'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

const DAMAGE: ReadonlySet<SeedingFailureCode> = new Set([
  'FILES_MISSING',
  'FILES_TOO_SHORT',
  'PIECES_DAMAGED',
  'READ_FAILED',
])

/** Whether the code says that the files are not what was recorded, so that repair is called for. */
export function isDamage(code: SeedingFailureCode): boolean {
  return DAMAGE.has(code)
}
