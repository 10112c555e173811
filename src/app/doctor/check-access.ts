import { wayIn } from '../access/listening.ts'
import type { Settings } from '../settings.ts'
import { bad, good, warning, type Finding } from './finding.ts'

/** Whether whoever reaches the API has to show who he is, and somebody can. */
export function checkAccess(settings: Settings, liveTokens: number): Finding {
  const { auth, jwtIssuer } = settings
  const ways = [
    ...(liveTokens > 0 ? [`${liveTokens} tokens that are good`] : []),
    ...(jwtIssuer === null ? [] : [`JWTs of ${jwtIssuer}`]),
  ].join(' and ')
  const make = 'seedbank token create --role admin, or set jwt-issuer, jwt-audience and jwks'
  const reached = wayIn(settings)
  if (reached !== null) {
    return ways === ''
      ? bad('access', `other machines reach the API ${reached}, and there is no token that is good`, make)
      : good('access', `other machines reach the API ${reached}, and show ${ways}`)
  }
  if (auth === 'required') {
    return ways === ''
      ? warning('access', 'a token is required, and there is none: only commands on this machine are let in', make)
      : good('access', `a token is required; there are ${ways}`)
  }
  return good('access', 'whoever is on this machine may do everything, and nobody else')
}
