import { err, ok, type Result } from '../../domain/result.ts'
import {
  METADATA_MS,
  NO_DOWNLOAD,
  type Download,
  type DownloadOptions,
  type DownloadStats,
  type TorrentToDownload,
} from './download.ts'
import type { DownloadReport, DownloadRequest, DownloadSample } from './download-protocol.ts'
import { STALL_MS, type FetchFailureCode } from './pieces-to-fetch.ts'

type CallOutcome = Result<Uint8Array | null, { readonly code: FetchFailureCode }>

interface Call {
  readonly options: DownloadOptions
  /** Ends a process that gives no sign of the call. */
  readonly overdue: NodeJS.Timeout
  settle(outcome: CallOutcome): void
}

type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'call'> : never
type CallRequest = Unnumbered<Extract<DownloadRequest, { readonly id: number; readonly call: number }>>

/** For how long a call may give no sign, and how long it may take to end where it has to. */
interface Bounds {
  readonly silentMs: number
  readonly answerMs: number
}

/** The downloads that a process was asked for, seen from the one that asked. */
export class DownloadCalls {
  readonly #send: (request: DownloadRequest) => void
  readonly #endProcess: () => void
  readonly #calls = new Map<number, Call>()
  #samples: ReadonlyMap<number, DownloadStats> = new Map()
  #lastId = 0
  #lastCall = 0
  #hasEnded = false

  /** @param endProcess Ends a process that does not answer: it may write still. `endAll` follows. */
  constructor(send: (request: DownloadRequest) => void, endProcess: () => void) {
    this.#send = send
    this.#endProcess = endProcess
  }

  /** @param answerMs How long the process may take to end a call after it was aborted, or should have ended. */
  open(wanted: TorrentToDownload, answerMs: number): Download {
    if (this.#hasEnded) return NO_DOWNLOAD
    const id = (this.#lastId += 1)
    this.#send({ type: 'OPEN_DOWNLOAD', id, wanted })
    return {
      metadata: async ({ timeoutMs = METADATA_MS, signal } = {}) => {
        const options = signal === undefined ? {} : { signal }
        const bounds = { silentMs: timeoutMs, answerMs }
        const outcome = await this.#start({ type: 'ASK_METADATA', id, timeoutMs }, options, bounds)
        if (!outcome.ok) return outcome
        return outcome.value === null ? err({ code: 'INTERNAL' }) : ok(outcome.value)
      },
      fetch: async (pieces, options = {}) => {
        // First for the metadata, then for a piece.
        const bounds = { silentMs: 2 * (pieces.stallMs ?? STALL_MS), answerMs }
        const outcome = await this.#start({ type: 'FETCH', id, wanted: pieces }, options, bounds)
        return outcome.ok ? ok(undefined) : outcome
      },
      stats: () => this.#samples.get(id) ?? NO_DOWNLOAD.stats(),
      close: async () => {
        await this.#start({ type: 'CLOSE_DOWNLOAD', id }, {}, { silentMs: 0, answerMs })
      },
    }
  }

  onReport(report: DownloadReport): void {
    const call = this.#calls.get(report.call)
    if (report.type === 'CALL_ENDED') {
      call?.settle(report.code === null ? ok(report.metadata) : err({ code: report.code }))
      return
    }
    call?.overdue.refresh()
    if (report.type === 'PIECE_FETCHED') call?.options.onPiece?.(report.piece)
    else call?.options.onDurable?.(report.pieces)
  }

  onSamples(samples: readonly DownloadSample[]): void {
    this.#samples = new Map(samples.map(({ id, ...stats }) => [id, stats]))
  }

  /** The process has ended: INTERNAL, for calls to come too. */
  endAll(): void {
    this.#hasEnded = true
    this.#samples = new Map()
    this.#calls.forEach((call) => call.settle(err({ code: 'INTERNAL' })))
  }

  async #start(request: CallRequest, options: DownloadOptions, bounds: Bounds): Promise<CallOutcome> {
    const { signal } = options
    if (this.#hasEnded) return err({ code: 'INTERNAL' })
    if (signal?.aborted === true) return err({ code: 'ABORTED' })
    const call = (this.#lastCall += 1)
    const overdue = setTimeout(this.#endProcess, bounds.silentMs + bounds.answerMs)
    let abortOverdue: NodeJS.Timeout | undefined
    const abort = (): void => {
      this.#send({ type: 'ABORT_CALL', call })
      abortOverdue = setTimeout(this.#endProcess, bounds.answerMs)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#send({ ...request, call })
    const { promise, resolve } = Promise.withResolvers<CallOutcome>()
    this.#calls.set(call, { options, overdue, settle: resolve })
    const outcome = await promise
    this.#calls.delete(call)
    clearTimeout(overdue)
    clearTimeout(abortOverdue)
    signal?.removeEventListener('abort', abort)
    return outcome
  }
}
