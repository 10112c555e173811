import type { Grant } from '../domain/access.ts'
import type { Result } from '../domain/result.ts'
import type { Actor } from '../events/recorded-event.ts'

/** Who speaks to the API. */
export interface Caller {
  /** As the events that follow from its wishes name it. */
  readonly actor: Actor
  readonly grant: Grant
  /** Aborts when it may no longer speak, as its token expired or was revoked; null where that cannot be. */
  readonly ended: AbortSignal | null
}

/** What a request brings to show who sends it. */
export interface Credentials {
  /** The bearer token, as it was sent; null where none was. */
  readonly token: string | null
  /** Whether a proxy passed the request on, so that where it comes from says nothing about who sends it. */
  readonly isForwarded: boolean
}

/** A token that is shown is no good, or cannot be checked now. Says nothing of which tokens there are. */
export interface CredentialsRefused {
  readonly type: 'TokenUnknown' | 'TokenExpired' | 'TokenRevoked' | 'KeysUnavailable'
  /** For the client: what is wrong, and what would be right. */
  readonly message: string
}

/**
 * Tells who speaks.
 *
 * @returns Null for nobody in particular, who is shown what is public and nothing else.
 */
export type Authenticate = (credentials: Credentials) => Promise<Result<Caller | null, CredentialsRefused>>
