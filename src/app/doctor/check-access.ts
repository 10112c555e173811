import { resolveHost, type ResolveHost } from '../../addresses/resolve-host.ts'
import { wayIn } from '../access/listening.ts'
import type { Settings } from '../settings.ts'
import type { TokensFound } from './check-databases.ts'
import { bad, good, warning, type Finding } from './finding.ts'

const MAKE = 'seedbank token create --role admin, or set jwt-issuer, jwt-audience and jwks'
/** How long before nobody is let in any more it is told, in milliseconds: two weeks. */
const TELL_BEFORE_MS = 1_209_600_000

/**
 * Whether whoever reaches the API has to show who he is, and somebody can, and will be able to.
 *
 * @param resolve Says which addresses `localhost` stands for.
 */
export async function checkAccess(
  settings: Settings,
  tokens: TokensFound,
  resolve: ResolveHost = resolveHost,
): Promise<Finding> {
  const { auth, jwtIssuer } = settings
  const reached = await wayIn(settings, resolve)
  if (reached === null && auth !== 'required') {
    return good('access', 'whoever is on this machine may do everything, and nobody else')
  }
  const ways = [
    ...(tokens.live > 0 ? [`${tokens.live} tokens that are good`] : []),
    ...(jwtIssuer === null ? [] : [`JWTs of ${jwtIssuer}`]),
  ].join(' and ')
  if (ways === '') return lockedOut(reached, tokens)
  const { endAt } = tokens
  if (jwtIssuer === null && endAt !== null && endAt - Date.now() < TELL_BEFORE_MS) {
    return warning('access', `the last token that is good expires ${new Date(endAt).toISOString()}`, MAKE)
  }
  return reached === null
    ? good('access', `a token is required; there are ${ways}`)
    : good('access', `other machines reach the API ${reached}, and show ${ways}`)
}

function lockedOut(reached: string | null, { expired }: TokensFound): Finding {
  if (reached === null) {
    return warning('access', 'a token is required, and there is none: only commands on this machine are let in', MAKE)
  }
  const why = expired === 0 ? 'there is no token that is good' : 'all tokens have expired: nobody is let in'
  return bad('access', `other machines reach the API ${reached}, and ${why}`, MAKE)
}
