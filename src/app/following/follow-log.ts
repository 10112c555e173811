import type { Logger } from 'pino'
import type { FollowFailureCode } from '../../domain/failure-codes.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { FollowState } from '../../following/follow-state.ts'

/** A node that stays away for so long is worth a warning, in milliseconds. */
const LONG_MS = 60_000

/**
 * Tells an operator what following a node comes to: each connection and its end, and once when none came for a minute.
 *
 * Of the other node only codes are told, as what it says may be anything.
 *
 * @returns To be told of each change.
 */
export function createFollowLog(
  log: Pick<Logger, 'info' | 'warn'>,
  now: () => UnixMillis,
): (state: FollowState) => void {
  let isConnected = false
  let lost: { since: UnixMillis; isTold: boolean } | null = null

  function tellLost(code: FollowFailureCode): void {
    if (isConnected) log.info({ code }, 'Lost a followed node')
    isConnected = false
    lost ??= { since: now(), isTold: false }
    if (lost.isTold || now() - lost.since < LONG_MS) return
    log.warn({ code }, 'Cannot reach a followed node, and goes on trying')
    lost.isTold = true
  }

  return (state) => {
    switch (state.status) {
      case 'CONNECTING':
        break
      case 'CONNECTED':
        log.info('Connected to a followed node')
        isConnected = true
        lost = null
        break
      case 'WAITING':
        tellLost(state.code)
        break
    }
  }
}
