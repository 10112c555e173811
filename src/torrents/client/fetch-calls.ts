import { err } from '../../domain/result.ts'
import type { ToClient } from './client-protocol.ts'
import { STALL_MS, type FetchOptions, type FetchOutcome, type PiecesToFetch } from './pieces-to-fetch.ts'

/** The fetches that a process was asked for, seen from the one that asked. */
export interface FetchCalls {
  /**
   * Asks for a fetch. It resolves when nothing is written any more: never before the process has answered, or is gone.
   *
   * @param answerMs How long the process may take to end a fetch after it was aborted, or should have stalled.
   */
  start(wanted: PiecesToFetch, options: FetchOptions, answerMs: number): Promise<FetchOutcome>
  onPiece(this: void, id: number, piece: number): void
  settle(this: void, id: number, outcome: FetchOutcome): void
  settleAll(outcome: FetchOutcome): void
}

interface Call {
  onPiece(piece: number): void
  settle(outcome: FetchOutcome): void
}

/**
 * Creates them, with none under way.
 *
 * @param endProcess Ends a process that does not answer: it may write still. `settleAll` follows.
 */
export function createFetchCalls(send: (message: ToClient) => void, endProcess: () => void): FetchCalls {
  const calls = new Map<number, Call>()
  let id = 0

  return {
    start(wanted, { signal, onPiece }, answerMs) {
      if (signal?.aborted === true) return Promise.resolve(err({ code: 'ABORTED' }))
      const mine = (id += 1)
      const stalled = setTimeout(endProcess, (wanted.stallMs ?? STALL_MS) + answerMs)
      let aborted: NodeJS.Timeout | undefined
      const abort = (): void => {
        send({ type: 'ABORT_FETCH', id: mine })
        aborted = setTimeout(endProcess, answerMs)
      }
      signal?.addEventListener('abort', abort, { once: true })
      send({ type: 'FETCH', id: mine, wanted })
      return new Promise((resolve) => {
        calls.set(mine, {
          onPiece(piece) {
            stalled.refresh()
            onPiece?.(piece)
          },
          settle(outcome) {
            clearTimeout(stalled)
            clearTimeout(aborted)
            signal?.removeEventListener('abort', abort)
            calls.delete(mine)
            resolve(outcome)
          },
        })
      })
    },
    onPiece: (called, piece) => calls.get(called)?.onPiece(piece),
    settle: (called, outcome) => calls.get(called)?.settle(outcome),
    settleAll: (outcome) => calls.forEach((call) => call.settle(outcome)),
  }
}
