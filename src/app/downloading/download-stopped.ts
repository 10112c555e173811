import type { DownloadFailureCode } from '../../domain/failure-codes.ts'
import type { Result } from '../../domain/result.ts'
import type { MetadataFailureCode } from '../../torrents/client/download.ts'
import type { DownloadStopped } from '../../reactors/downloading-reactor.ts'

/** Thrown where a download cannot get on, and caught where it was begun. */
export class DownloadStop extends Error {
  override readonly name = 'DownloadStop'
  readonly code: DownloadFailureCode
  readonly numbers: Readonly<Record<string, number>>
  /** What was found, for the node's own log, which shows fields of errors and no cause that is a text. */
  readonly reason: string | null

  constructor(code: DownloadFailureCode, numbers: Readonly<Record<string, number>> = {}, reason: string | null = null) {
    super(`The download stopped: ${code}`)
    this.code = code
    this.numbers = numbers
    this.reason = reason
  }
}

/** What the torrent client says of its files and its process, in the words of a download. */
const OF_CLIENT: Readonly<Partial<Record<MetadataFailureCode, DownloadFailureCode>>> = {
  NO_PEERS: 'NO_PEERS',
  NO_METADATA: 'NO_METADATA',
  METADATA_TOO_LARGE: 'METADATA_TOO_LARGE',
  PEERS_WITHOUT_PIECES: 'PEERS_WITHOUT_PIECES',
  STALLED: 'STALLED',
  DISK_FULL: 'DISK_FULL',
  WRITE_FAILED: 'WRITE_FAILED',
  READ_FAILED: 'READ_FAILED',
  FILES_TOO_SHORT: 'READ_FAILED',
  FILES_MISSING: 'READ_FAILED',
  ACCESS_DENIED: 'ACCESS_DENIED',
  TOO_MANY_OPEN_FILES: 'TOO_MANY_OPEN_FILES',
}

/** Stops the download where the torrent client refused. ABORTED and IN_USE are nobody's fault: INTERNAL, tried again. */
export function valueOrStop<Value>(outcome: Result<Value, { readonly code: MetadataFailureCode }>): Value {
  if (outcome.ok) return outcome.value
  throw new DownloadStop(OF_CLIENT[outcome.error.code] ?? 'INTERNAL', {}, outcome.error.code)
}

/**
 * Stops the download where what came of it cannot be recorded, so that it is not begun again at once. One that ended
 * meanwhile has nothing to tell.
 */
export function requireRecorded(outcome: Result<unknown, { readonly type: string }>): void {
  if (outcome.ok || outcome.error.type === 'DownloadNotActive') return
  throw new DownloadStop('INTERNAL', {}, outcome.error.type)
}

const OF_SYSTEM: ReadonlyMap<unknown, DownloadFailureCode> = new Map([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EPERM', 'ACCESS_DENIED'],
  ['EROFS', 'ACCESS_DENIED'],
  ['EMFILE', 'TOO_MANY_OPEN_FILES'],
  ['ENFILE', 'TOO_MANY_OPEN_FILES'],
  ['EIO', 'READ_FAILED'],
])

/** Why a download stopped, from whatever was thrown. */
export function stoppedBy(thrown: unknown): DownloadStopped {
  if (thrown instanceof DownloadStop) return { code: thrown.code, numbers: thrown.numbers }
  const code = thrown instanceof Error && 'code' in thrown ? OF_SYSTEM.get(thrown.code) : undefined
  return { code: code ?? 'INTERNAL', numbers: {} }
}
