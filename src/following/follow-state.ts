import type { UnixMillis } from '../domain/time.ts'

/** Why a followed node is not listened to at the moment. */
export type FollowFailureCode =
  /** Its host is on this machine or its network, which is not allowed. */
  | 'ADDRESS_REFUSED'
  /** Its name stands for no address. */
  | 'HOST_NOT_FOUND'
  /** No connection came about, or it broke. */
  | 'UNREACHABLE'
  /** It did not answer in time, or fell silent. */
  | 'TIMED_OUT'
  /** It asks for a token, or another one. */
  | 'UNAUTHORIZED'
  /** What answers there turned the WebSocket away. */
  | 'HANDSHAKE_REFUSED'
  /** What it sends is no GraphQL over WebSocket. */
  | 'PROTOCOL_VIOLATED'
  /** It sent a message longer than any that is read. */
  | 'MESSAGE_TOO_LONG'
  /** It answered with an error. */
  | 'REMOTE_ERROR'
  /** Its log is another than before: everything is read anew. */
  | 'CURSOR_LOST'
  /** It sent too much that is not believed. */
  | 'TOO_MANY_REFUSED'
  /** It closed the connection or ended the subscription. */
  | 'CLOSED'
  /** This node failed; its own log has the details. */
  | 'INTERNAL'

/** Why a connection ended. */
export interface FollowFailure {
  readonly code: FollowFailureCode
  /** What the system or the other node called it, such as `ECONNREFUSED`, `421` or the code of an error. */
  readonly detail: string | null
}

/** What following a node has come to. */
export type FollowState =
  | { readonly status: 'CONNECTING' }
  | { readonly status: 'CONNECTED' }
  | (FollowFailure & { readonly status: 'WAITING'; readonly nextTryAt: UnixMillis })

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

/**
 * How long to wait after a number of failures in a row: by chance up to a bound, which doubles from 1 s to 60 s. So the
 * followers of a node that was away do not come back all at once.
 *
 * @param random From 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS))
}

/** A detail that others chose, where it is short and plain; null for any other. */
export function detailOf(text: unknown): string | null {
  return typeof text === 'string' && /^[A-Z0-9_]{1,64}$/.test(text) ? text : null
}
