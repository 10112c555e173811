import { detailOf, type FollowFailure } from './follow-state.ts'

/** What became of a WebSocket that the other side's HTTP server turned away, redirects included. */
export function failureOfStatus(status: number): FollowFailure {
  return { code: status === 401 || status === 403 ? 'UNAUTHORIZED' : 'HANDSHAKE_REFUSED', detail: String(status) }
}

/** What became of one that was closed. The codes from 4400 on are those of graphql-transport-ws. */
export function failureOfClose(closeCode: number): FollowFailure {
  return { code: closeCode === 4401 || closeCode === 4403 ? 'UNAUTHORIZED' : 'CLOSED', detail: String(closeCode) }
}

/** What became of one that broke: errors of `ws` itself are about what the other side sent, all others of the system. */
export function failureOfError(error: Error): FollowFailure {
  const detail = 'code' in error ? detailOf(error.code) : null
  if (detail === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return { code: 'MESSAGE_TOO_LONG', detail }
  return { code: detail === null || detail.startsWith('WS_') ? 'PROTOCOL_VIOLATED' : 'UNREACHABLE', detail }
}
