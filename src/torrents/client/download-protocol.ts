import type { DownloadStats, PiecesToDownload, TorrentToDownload } from './download.ts'
import type { FetchFailureCode } from './pieces-to-fetch.ts'

/**
 * What the torrent client's process is asked of downloads. `id` names one, `call` what is asked of it: each call is answered
 * by `CALL_ENDED`.
 */
export type DownloadRequest =
  | { readonly type: 'OPEN_DOWNLOAD'; readonly id: number; readonly wanted: TorrentToDownload }
  | { readonly type: 'ASK_METADATA'; readonly id: number; readonly call: number; readonly timeoutMs: number }
  /** Tells each piece by `PIECE_FETCHED`, and those that are durable by `PIECES_DURABLE`. */
  | { readonly type: 'FETCH'; readonly id: number; readonly call: number; readonly wanted: PiecesToDownload }
  | { readonly type: 'ABORT_CALL'; readonly call: number }
  | { readonly type: 'CLOSE_DOWNLOAD'; readonly id: number; readonly call: number }

/** What it tells of them. */
export type DownloadReport =
  | { readonly type: 'PIECE_FETCHED'; readonly call: number; readonly piece: number }
  | { readonly type: 'PIECES_DURABLE'; readonly call: number; readonly pieces: readonly number[] }
  | {
      readonly type: 'CALL_ENDED'
      readonly call: number
      readonly code: FetchFailureCode | null
      /** The info dictionary, where it was asked for and is known. */
      readonly metadata: Uint8Array | null
    }

/** A sample, with the download that it is of. */
export interface DownloadSample extends DownloadStats {
  readonly id: number
}
