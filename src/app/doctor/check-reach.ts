import { isPrivateHost } from '../../domain/private-address.ts'
import type { Settings } from '../settings.ts'
import { good, warning, type Finding } from './finding.ts'

/** Whether others can find and reach the node, as far as its settings tell. */
export function checkReach(settings: Settings): readonly Finding[] {
  return [checkTrackers(settings), ...checkPublicUrl(settings)]
}

function checkTrackers({ trackers, dht, publicUrl }: Settings): Finding {
  const ways = [
    ...(trackers.length > 0 ? [`${trackers.length} trackers`] : []),
    ...(publicUrl === null ? [] : ['its own tracker']),
    ...(dht ? ['the distributed hash table'] : []),
  ]
  return ways.length > 0
    ? good('peers', `found over ${ways.join(', ')}`)
    : warning('peers', 'no tracker, and no distributed hash table', 'set trackers, public-url or dht, or none is found')
}

function checkPublicUrl({ publicUrl, allowedHosts }: Settings): readonly Finding[] {
  if (publicUrl === null) return [good('public URL', 'none: others reach torrents, and not this server')]
  const { hostname, protocol } = new URL(publicUrl)
  const findings: Finding[] = []
  const warn = (found: string, advice: string): void =>
    void findings.push(warning('public URL', `${publicUrl} ${found}`, advice))
  if (isPrivateHost(hostname))
    warn('leads nowhere from outside this network', 'set public-url to a name that others know')
  if (protocol === 'http:')
    warn('is not encrypted', 'have a reverse proxy end TLS, and set public-url to its https URL')
  if (!allowedHosts.includes(hostname) && !isPrivateHost(hostname)) {
    warn(
      'has a host that the API does not answer under',
      `add ${hostname} to allowed-hosts, if frontends come that way`,
    )
  }
  return findings.length > 0 ? findings : [good('public URL', publicUrl)]
}
