import { createHash } from 'node:crypto'
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { checkGrant } from '../domain/check-grant.ts'
import type { AccessRole, Grant } from '../domain/access.ts'
import { parseCommunityId, type CommunityId } from '../domain/community-id.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { CredentialsRefused } from '../graphql/caller.ts'
import type { Admitted } from './live-callers.ts'

/** Whose tokens are taken, and for whom they have to be. */
export interface JwtIssuer {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
}

/** Tells what a JWT grants. @throws When the keys of the issuer are not to be had. */
export type VerifyJwt = (token: string) => Promise<Result<Admitted, CredentialsRefused>>

/** None with a shared secret: who checks tokens must not be able to make them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** How far the clocks of issuer and node may be apart. */
const TOLERANCE_SECONDS = 30
/** Enough to name as many communities as a grant may; what is longer is not looked at. */
const MAX_JWT_LENGTH = 12_288
/** The end of the year 9999, in seconds. Numbers beyond it are no dates everywhere. */
const MAX_EXP_SECONDS = 253_402_300_799
const DIGEST_DIGITS = 32
const ROLES: readonly AccessRole[] = ['VIEWER', 'OPERATOR', 'AUDITOR', 'ADMIN']

/** What is wrong with the token itself, and not with what it is checked by. */
const BAD_TOKEN: ReadonlySet<string> = new Set([
  errors.JWSInvalid.code,
  errors.JWTInvalid.code,
  errors.JWTClaimValidationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JWSSignatureVerificationFailed.code,
])

/** Whether a text is written as a JWT is: three parts in base64url, of which an issuer has need. */
export function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)
}

/**
 * Checks JWTs of one issuer: signature, issuer, audience and times, and what they grant by the claims `seedbank_role` and
 * `seedbank_communities` (a list of ids, or "*").
 *
 * @see RFC 7519, RFC 8725
 */
export function createJwtVerifier({ issuer, audience, keys }: JwtIssuer, now: () => UnixMillis): VerifyJwt {
  return async (token) => {
    if (token.length > MAX_JWT_LENGTH) {
      return refuse(`it has ${token.length} characters, and may have ${MAX_JWT_LENGTH}`)
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(now()),
      })
      return admitted(issuer, payload)
    } catch (fault) {
      if (fault instanceof errors.JWTExpired) {
        return err({ type: 'TokenExpired', message: 'The JWT has expired: get a new one from its issuer.' })
      }
      if (fault instanceof errors.JOSEError && BAD_TOKEN.has(fault.code)) return refuse(fault.message)
      throw new Error(`Cannot check a JWT of ${issuer}: its keys are not to be had`, { cause: fault })
    }
  }
}

function admitted(issuer: string, payload: JWTPayload): Result<Admitted, CredentialsRefused> {
  const { sub = '', exp = 0 } = payload
  if (typeof sub !== 'string' || sub === '') return refuse('"sub" claim must name somebody')
  if (!(exp <= MAX_EXP_SECONDS)) return refuse('"exp" claim must lie before the year 10000')
  const grant = grantOf(payload['seedbank_role'], payload['seedbank_communities'])
  if (!grant.ok) return refuse(grant.error)
  const digest = createHash('sha256').update(`${issuer}\n${sub}`).digest('hex').slice(0, DIGEST_DIGITS)
  const expiresAt = Math.ceil((exp + TOLERANCE_SECONDS) * 1000) as UnixMillis
  return ok({ actor: `jwt:${digest}`, grant: grant.value, expiresAt })
}

/** For an AUDITOR and an ADMIN the communities may be left out. For others not: who forgets them must not grant all. */
function grantOf(roleClaim: unknown, communitiesClaim: unknown): Result<Grant, string> {
  const role = ROLES.find((each) => typeof roleClaim === 'string' && each === roleClaim.toUpperCase())
  if (role === undefined) return err('"seedbank_role" claim must be viewer, operator, auditor or admin')
  const isNodeWide = role === 'AUDITOR' || role === 'ADMIN'
  const communityIds = isNodeWide && communitiesClaim === undefined ? null : communitiesOf(communitiesClaim)
  if (communityIds === undefined)
    return err('"seedbank_communities" claim must be a list of community ids, or "*" for all')
  const grant = checkGrant({ role, communityIds })
  if (grant.ok) return grant
  switch (grant.error.type) {
    case 'RoleIsNodeWide':
      return err(`"seedbank_communities" claim must be left out or "*" for ${role.toLowerCase()}`)
    case 'TokenCommunitiesMissing':
      return err('"seedbank_communities" claim must name a community')
    case 'TooManyTokenCommunities':
      return err(`"seedbank_communities" claim must name ${grant.error.limit} communities at most, or "*" for all`)
  }
}

function communitiesOf(claim: unknown): readonly CommunityId[] | null | undefined {
  if (claim === '*') return null
  if (!Array.isArray(claim)) return undefined
  const parsed = claim.map((id) => parseCommunityId(typeof id === 'string' ? id : ''))
  const ids = parsed.flatMap((id) => (id.ok ? [id.value] : []))
  return ids.length === parsed.length ? ids : undefined
}

function refuse(reason: string): Result<never, CredentialsRefused> {
  return err({ type: 'TokenUnknown', message: `The JWT is not taken: ${reason}.` })
}
