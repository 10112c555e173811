import { createHash, timingSafeEqual } from 'node:crypto'
import { EVERYTHING, type Grant } from '../domain/access.ts'
import { isLive, type TokenId } from '../domain/access-token.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Authenticate, Caller, CredentialsRefused } from '../graphql/caller.ts'
import { hashSecret, isTokenSecret } from './access-secret.ts'
import { JwtCallers } from './jwt-callers.ts'
import { LiveCallers, type AccessClock, type LiveCallersOptions } from './live-callers.ts'
import { isJwt, type VerifyJwt } from './verify-jwt.ts'

/** A token that was made here, whatever became of it. */
export interface StoredToken extends Grant {
  readonly tokenId: TokenId
  readonly expiresAt: UnixMillis | null
  readonly revokedAt: UnixMillis | null
}

export interface AuthenticatorOptions extends Omit<LiveCallersOptions, 'clock'> {
  /** Whether whoever sends no token is nobody, also on this machine. */
  readonly isRequired: boolean
  /** What the command line of this machine shows, for as long as this process runs. */
  readonly runtimeSecret: string
  /** The token whose secret has this hash. */
  readonly readTokenByHash: (hash: string) => Promise<StoredToken | null>
  /** Null where no issuer is trusted. */
  readonly verifyJwt: VerifyJwt | null
  readonly clock: AccessClock
  /** Told, now and then, that JWTs cannot be checked. */
  readonly onFault: (fault: unknown) => void
}

/** Tells who speaks to the node. */
export interface Authenticator {
  readonly authenticate: Authenticate
  /** Ends whoever showed the token, and takes it no more. */
  readonly revoke: (tokenId: TokenId) => void
  readonly stop: () => void
}

const LOCAL: Caller = { actor: 'local', grant: EVERYTHING, ended: null }
const CLI: Caller = { actor: 'cli', grant: EVERYTHING, ended: null }

type Known = Result<Caller, CredentialsRefused>

/** Creates it; nobody has spoken yet. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { isRequired, clock, readTokenByHash, verifyJwt: verify } = options
  const callers = new LiveCallers(options)
  const isCli = createSecretCheck(options.runtimeSecret)
  const jwtCallers = verify === null ? null : new JwtCallers({ ...options, verify, callers })
  // What was revoked between the reading of a token and the admission of its holder.
  const revoked = new Set<TokenId>()

  async function knowByToken(secret: string): Promise<Known> {
    const token = isTokenSecret(secret) ? await readTokenByHash(hashSecret(secret)) : null
    if (token === null) return unknown()
    const { tokenId, role, communityIds, expiresAt, revokedAt } = token
    if (revokedAt !== null || revoked.has(tokenId)) {
      return err({ type: 'TokenRevoked', message: `Token ${tokenId} was revoked: ask for another.` })
    }
    if (!isLive({ isRevoked: false, expiresAt }, clock.now())) {
      return err({ type: 'TokenExpired', message: `Token ${tokenId} has expired: ask for another.` })
    }
    const admitted = { actor: `token:${tokenId}`, grant: { role, communityIds }, expiresAt } as const
    return ok(callers.find(tokenId) ?? callers.admit(tokenId, admitted))
  }

  return {
    async authenticate({ token, isForwarded }) {
      if (token === null) return ok(isRequired || isForwarded ? null : LOCAL)
      if (isCli(token)) return ok(CLI)
      return jwtCallers !== null && isJwt(token) ? jwtCallers.know(token) : knowByToken(token)
    },
    revoke(tokenId) {
      revoked.add(tokenId)
      callers.end(tokenId)
    },
    stop() {
      jwtCallers?.stop()
      callers.stop()
    },
  }
}

function unknown(): Result<never, CredentialsRefused> {
  return err({ type: 'TokenUnknown', message: 'This node knows no such token: send Authorization: Bearer <token>.' })
}

/** In a time that tells nothing of the secret. */
function createSecretCheck(secret: string): (text: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(secret)
  return (text) => timingSafeEqual(digest(text), expected)
}
