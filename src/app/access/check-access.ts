import { openKeySet } from '../../access/key-set.ts'
import { createJwtVerifier, type VerifyJwt } from '../../access/verify-jwt.ts'
import { resolveHost, type ResolveHost } from '../../addresses/resolve-host.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { countTokens } from '../../projections/tokens.ts'
import type { Settings } from '../settings.ts'
import type { Stores } from '../stores.ts'
import { wayIn, type ReachSettings } from './listening.ts'

/** The node is not started: whoever reached it would be let in by nothing, or could not be told from others. */
export interface AccessRefused {
  readonly type: 'AuthenticationMissing' | 'KeySetUnusable'
  /** For the operator: what is wrong, and what to do. */
  readonly message: string
}

/** How it is told who speaks. */
export interface AccessRules {
  /** Whether whoever sends no token is nobody, also on this machine. */
  readonly isRequired: boolean
  /** Null where no issuer is trusted. */
  readonly verifyJwt: VerifyJwt | null
  /** For the operator: why nobody is let in for now, and what to do; null where somebody can be. */
  readonly isolation: string | null
}

/**
 * Makes sure that a node which other machines can reach was told whom to let in. On the loopback address, and with no
 * name for others, nothing has to be set up. One whose tokens have expired was set up, and does its work: it must come
 * back after a power cut, whoever is away.
 *
 * @param resolve Says which addresses `localhost` stands for.
 */
export async function checkAccess(
  settings: ReachSettings & Pick<Settings, 'dataDir' | 'auth' | 'jwtIssuer' | 'jwtAudience' | 'jwks'>,
  { db }: Pick<Stores, 'db'>,
  now: () => UnixMillis,
  resolve: ResolveHost = resolveHost,
): Promise<Result<AccessRules, AccessRefused>> {
  const { dataDir, auth, jwtIssuer: issuer, jwtAudience: audience, jwks } = settings
  const reached = await wayIn(settings, resolve)
  const isRequired = reached !== null || auth === 'required'
  // Set together, or not at all.
  if (issuer !== null && audience !== null && jwks !== null) {
    const keys = await openKeySet(jwks)
    if (!keys.ok) return err({ type: 'KeySetUnusable', message: keys.error.message })
    return ok({
      isRequired,
      verifyJwt: createJwtVerifier({ issuer, audience, keys: keys.value }, now),
      isolation: null,
    })
  }
  const { unrevoked, live } = await countTokens(db, now())
  if (reached !== null && unrevoked === 0) return err(nobodyToLetIn(reached, dataDir))
  const isolation = reached !== null && live === 0 ? allExpired(reached, dataDir) : null
  return ok({ isRequired, verifyJwt: null, isolation })
}

function allExpired(reached: string, dataDir: string): string {
  return `Other machines reach the API ${reached}, and all tokens have expired, so that nobody is let in: ${makeToken(dataDir)}`
}

function makeToken(dataDir: string): string {
  return `seedbank token create --role admin --data-dir ${JSON.stringify(dataDir)}`
}

function nobodyToLetIn(reached: string, dataDir: string): AccessRefused {
  const message = [
    `Other machines reach the API ${reached}, and there is no token, or each was revoked. Make one first, and start again:`,
    `  ${makeToken(dataDir)}`,
    'Or take the tokens of an issuer: set SEEDBANK_JWT_ISSUER, SEEDBANK_JWT_AUDIENCE and SEEDBANK_JWKS.',
  ].join('\n')
  return { type: 'AuthenticationMissing', message }
}
