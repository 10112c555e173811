import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import { err, type Result } from '../../domain/result.ts'
import type { ClientRequest, ToClient } from './client-protocol.ts'
import type { ServedParts } from './torrent-to-serve.ts'

/** `struck` is 0 for all but serving. */
export type RequestOutcome = Result<ServedParts, { readonly code: SeedingFailureCode }>

/** The requests that a process was sent, seen from the one that asked. */
export interface RequestCalls {
  /**
   * Sends a request.
   *
   * @param timeoutMs TIMED_OUT comes after so long without an answer. What it waits for the checks of others is not
   *   counted: each of these has a time of its own, so it does not wait for ever.
   */
  start(request: ClientRequest, timeoutMs: number): Promise<RequestOutcome>
  onWait(this: void, id: number, isWaiting: boolean): void
  settle(this: void, id: number, outcome: RequestOutcome): void
  settleAll(outcome: RequestOutcome): void
}

interface Call {
  timer: NodeJS.Timeout
  readonly begin: () => NodeJS.Timeout
  readonly resolve: (outcome: RequestOutcome) => void
}

/** Creates them, with none under way. */
export function createRequestCalls(send: (message: ToClient) => void): RequestCalls {
  const calls = new Map<number, Call>()
  let id = 0

  function settle(settled: number, outcome: RequestOutcome): void {
    const call = calls.get(settled)
    clearTimeout(call?.timer)
    calls.delete(settled)
    call?.resolve(outcome)
  }

  return {
    settle,
    start(request, timeoutMs) {
      const mine = (id += 1)
      const begin = (): NodeJS.Timeout => setTimeout(() => settle(mine, err({ code: 'TIMED_OUT' })), timeoutMs)
      send({ type: 'REQUEST', id: mine, request })
      return new Promise((resolve) => calls.set(mine, { timer: begin(), begin, resolve }))
    },
    onWait(waiting, isWaiting) {
      const call = calls.get(waiting)
      if (call === undefined) return
      clearTimeout(call.timer)
      if (!isWaiting) call.timer = call.begin()
    },
    settleAll: (outcome) => calls.forEach((_, each) => settle(each, outcome)),
  }
}
