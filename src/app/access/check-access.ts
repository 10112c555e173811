import { openKeySet } from '../../access/key-set.ts'
import { createJwtVerifier, type VerifyJwt } from '../../access/verify-jwt.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { hasLiveToken } from '../../projections/tokens.ts'
import type { Settings } from '../settings.ts'
import type { Stores } from '../stores.ts'
import { wayIn } from './listening.ts'

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
}

/**
 * Makes sure that a node which other machines can reach knows somebody to let in. On the loopback address, and with no
 * name for others, nothing has to be set up.
 */
export async function checkAccess(
  settings: Pick<
    Settings,
    'host' | 'publicUrl' | 'allowedHosts' | 'dataDir' | 'auth' | 'jwtIssuer' | 'jwtAudience' | 'jwks'
  >,
  { db }: Pick<Stores, 'db'>,
  now: () => UnixMillis,
): Promise<Result<AccessRules, AccessRefused>> {
  const { dataDir, auth, jwtIssuer: issuer, jwtAudience: audience, jwks } = settings
  const reached = wayIn(settings)
  const isRequired = reached !== null || auth === 'required'
  // Set together, or not at all.
  if (issuer !== null && audience !== null && jwks !== null) {
    const keys = await openKeySet(jwks)
    if (!keys.ok) return err({ type: 'KeySetUnusable', message: keys.error.message })
    return ok({ isRequired, verifyJwt: createJwtVerifier({ issuer, audience, keys: keys.value }, now) })
  }
  if (reached !== null && !(await hasLiveToken(db, now()))) return err(nobodyToLetIn(reached, dataDir))
  return ok({ isRequired, verifyJwt: null })
}

function nobodyToLetIn(reached: string, dataDir: string): AccessRefused {
  const message = [
    `Other machines reach the API ${reached}, and there is no token that is good. Make one first, and start again:`,
    `  seedbank token create --role admin --data-dir ${JSON.stringify(dataDir)}`,
    'Or take the tokens of an issuer: set SEEDBANK_JWT_ISSUER, SEEDBANK_JWT_AUDIENCE and SEEDBANK_JWKS.',
  ].join('\n')
  return { type: 'AuthenticationMissing', message }
}
