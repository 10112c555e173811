import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import type { DownloadReport, DownloadRequest, DownloadSample } from './download-protocol.ts'
import type { ItemAnswer, ItemRequest } from './item-calls.ts'
import type { OpenFiles } from './open-files.ts'
import type { StatsSample } from './torrent-stats.ts'
import type { TorrentLimits } from './torrent-limits.ts'
import type { Traffic } from './traffic.ts'
import type { ServedParts, TorrentToServe } from './torrent-to-serve.ts'

/** What the main process asks of the torrent client's process; each is answered by `ANSWER`. */
export type ClientRequest =
  { readonly type: 'SERVE'; readonly torrent: TorrentToServe } | { readonly type: 'DROP'; readonly infoHash: InfoHash }

/** From the main process to the torrent client's. `START` comes first, once. */
export type ToClient =
  | { readonly type: 'START'; readonly settings: TorrentClientSettings }
  | { readonly type: 'REQUEST'; readonly id: number; readonly request: ClientRequest }
  /** Counts at once. */
  | { readonly type: 'LIMIT'; readonly limits: TorrentLimits }
  | DownloadRequest
  /** Each is answered by an `ItemAnswer`. */
  | ItemRequest
  | { readonly type: 'STOP' }

/** From the torrent client's process to the main one. */
export type FromClient =
  | { readonly type: 'LISTENING'; readonly port: number }
  | ({ readonly type: 'ANSWER'; readonly id: number; readonly code: SeedingFailureCode | null } & ServedParts)
  /** A request waits for the checks of other torrents, or does so no longer. */
  | { readonly type: 'WAIT'; readonly id: number; readonly isWaiting: boolean }
  | DownloadReport
  | ItemAnswer
  | { readonly type: 'FAILED'; readonly infoHash: InfoHash; readonly code: SeedingFailureCode }
  /** Once a second, even when nothing changed: it also says that the process is not stuck. */
  | {
      readonly type: 'STATS'
      readonly changed: readonly StatsSample[]
      readonly downloads: readonly DownloadSample[]
      readonly openFiles: OpenFiles
      readonly traffic: Traffic
    }

/** The exit code of a client that found its port taken. */
export const PORT_IN_USE_EXIT_CODE = 98
