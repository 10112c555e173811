import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { ProcessExit } from './client-life.ts'
import type { OpenFiles } from './open-files.ts'

/** What the torrent client tells by itself. */
export type TorrentClientEvent =
  /** Its process ended. Nothing is served; it is being started anew. */
  | ({ readonly type: 'DOWN' } & ProcessExit)
  /** A new process listens. It serves nothing until it is asked. */
  | { readonly type: 'UP' }
  /** A torrent that was served could not be any longer, and was dropped. */
  | { readonly type: 'FAILED'; readonly infoHash: InfoHash; readonly code: SeedingFailureCode }
  /** Its process comes near the limit of open files. Told once, until it has few open again. */
  | ({ readonly type: 'MANY_OPEN_FILES' } & OpenFiles)
