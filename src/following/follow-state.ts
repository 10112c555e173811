import type { FollowFailureCode } from '../domain/failure-codes.ts'
import type { UnixMillis } from '../domain/time.ts'

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
