import type { DownloadSession } from '../download/download-session.ts'
import type { Downloads } from '../download/downloads.ts'
import { FetchFailure, fetchFailureCodeOf } from '../seeder/fetch-failure.ts'
import type { DownloadReport, DownloadRequest, DownloadSample } from './download-protocol.ts'

type CallRequest = Extract<DownloadRequest, { readonly id: number; readonly call: number }>

/** Does what the main process asks of downloads, in the torrent client's. */
export class DownloadAnswers {
  readonly #downloads: Downloads
  readonly #tell: (report: DownloadReport) => void
  readonly #onFault: (request: DownloadRequest['type'], code: string, fault: unknown) => void
  readonly #sessions = new Map<number, DownloadSession>()
  readonly #aborts = new Map<number, AbortController>()

  /** @param onFault Told of what is answered with a code other than ABORTED. */
  constructor(
    downloads: Downloads,
    tell: (report: DownloadReport) => void,
    onFault: (request: DownloadRequest['type'], code: string, fault: unknown) => void,
  ) {
    this.#downloads = downloads
    this.#tell = tell
    this.#onFault = onFault
  }

  take(request: DownloadRequest): void {
    if (request.type === 'OPEN_DOWNLOAD') this.#sessions.set(request.id, this.#downloads.open(request.wanted))
    else if (request.type === 'ABORT_CALL') this.#aborts.get(request.call)?.abort()
    else void this.#answer(request)
  }

  /** What the open downloads do right now. */
  sample(): readonly DownloadSample[] {
    return [...this.#sessions].map(([id, session]) => ({ id, ...session.sample() }))
  }

  async #answer(request: CallRequest): Promise<void> {
    const { call } = request
    const abort = new AbortController()
    this.#aborts.set(call, abort)
    try {
      this.#tell({ type: 'CALL_ENDED', call, code: null, metadata: await this.#ask(request, abort.signal) })
    } catch (fault) {
      const code = fetchFailureCodeOf(fault)
      // What was aborted was wished to be.
      if (code !== 'ABORTED') this.#onFault(request.type, code, fault)
      this.#tell({ type: 'CALL_ENDED', call, code, metadata: null })
    } finally {
      this.#aborts.delete(call)
    }
  }

  async #ask(request: CallRequest, signal: AbortSignal): Promise<Uint8Array | null> {
    const { call, id } = request
    const session = this.#sessions.get(id)
    if (session === undefined && request.type === 'CLOSE_DOWNLOAD') return null
    if (session === undefined) throw new FetchFailure('ABORTED', `Download ${id} was closed`)
    switch (request.type) {
      case 'ASK_METADATA':
        return session.metadata(request.timeoutMs, signal)
      case 'FETCH':
        await session.fetch(request.wanted, {
          signal,
          onPiece: (piece) => this.#tell({ type: 'PIECE_FETCHED', call, piece }),
          onDurable: (pieces) => this.#tell({ type: 'PIECES_DURABLE', call, pieces }),
        })
        return null
      case 'CLOSE_DOWNLOAD':
        this.#sessions.delete(id)
        await this.#downloads.close(session)
        return null
    }
  }
}
