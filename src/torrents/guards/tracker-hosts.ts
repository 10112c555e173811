import dns from 'node:dns'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import { isPrivateAddress, isPrivateHost } from '../../domain/private-address.ts'

/** To which hosts trackers may be. */
export interface TrackerHosts {
  /** The trackers of a torrent that may be announced to. From now on, the trusted ones may be anywhere. */
  admit(this: void, torrent: Announced): readonly string[]
  /** What the tracker client has to be told so that it follows no redirect to where it may not go; null for nothing. */
  readonly proxyOpts: object | null
  /** Whether hosts on this machine and its network are as good as any. */
  readonly allowPrivate: boolean
}

/** Announce URLs. */
export interface Announced {
  readonly trackers: readonly string[]
  /** Those of them that the operator named. */
  readonly trustedTrackers: readonly string[]
}

/** Trackers may be anywhere. */
export const ANY_HOST: TrackerHosts = { admit: ({ trackers }) => trackers, proxyOpts: null, allowPrivate: true }

/**
 * Keeps trackers that a stranger named, as in a magnet link, away from this machine and its network: by the text of the URL,
 * by what its name resolves to each time that it is dialled, and by where it redirects to.
 *
 * It changes how names are resolved in the whole process, which is the torrent client's own.
 *
 * @param trusted Other hosts that the operator named.
 */
export function admitPublicTrackers(trusted: readonly string[]): TrackerHosts {
  const hosts = new Set(trusted)
  const isTrusted = (host: string): boolean => hosts.has(host.toLowerCase())
  dns.lookup = lookUpPublic(dns.lookup, isTrusted) as typeof dns.lookup
  return {
    allowPrivate: false,
    proxyOpts: {
      httpAgent: Object.assign(new HttpAgent(), { dispatch: dispatchPublic(isTrusted) }),
      httpsAgent: Object.assign(new HttpsAgent(), { dispatch: dispatchPublic(isTrusted) }),
      socksProxy: null, // UDP trackers look for it.
    },
    admit({ trackers, trustedTrackers }) {
      for (const tracker of trustedTrackers) hosts.add(hostnameOf(tracker))
      return trackers.filter((tracker) => trustedTrackers.includes(tracker) || !isPrivateHost(hostnameOf(tracker)))
    },
  }
}

type LookupCallback = (error: Error | null, address?: unknown, family?: number) => void
type Lookup = (host: string, ...rest: readonly unknown[]) => void

/** A lookup that finds no private address, but for hosts that are trusted. What is an address already is let through. */
export function lookUpPublic(lookUp: unknown, isTrusted: (host: string) => boolean): Lookup {
  return (host, ...rest) => {
    const done = rest.at(-1) as LookupCallback
    const answer: LookupCallback = (error, address, family) => {
      const found = Array.isArray(address)
        ? (address as { readonly address: string }[])
        : [{ address: String(address) }]
      const isRefused = error === null && found.some((each) => isPrivateAddress(each.address))
      if (isRefused) done(new Error(`Cannot dial ${host}: it resolves to a private address`))
      else done(error, address, family)
    }
    const isFree = isIP(host) !== 0 || isTrusted(host)
    ;(lookUp as Lookup)(host, ...rest.slice(0, -1), isFree ? done : answer)
  }
}

interface Dispatcher {
  dispatch(options: { readonly origin?: unknown }, handler: object): boolean
}

/** Where Node keeps what its `fetch` sends requests by. */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1')

/** Sends a request, each hop of a redirect too, unless its address is private. Names are for `lookUpPublic`. */
function dispatchPublic(isTrusted: (host: string) => boolean): Dispatcher['dispatch'] {
  return (options, handler) => {
    const { hostname } = new URL(String(options.origin))
    if (isPrivateHost(hostname) && !isTrusted(hostname))
      throw new Error(`Cannot send a request to ${hostname}: it is a private address`)
    const dispatcher = (globalThis as unknown as Record<symbol, Dispatcher | undefined>)[GLOBAL_DISPATCHER]
    if (dispatcher === undefined) throw new Error(`Cannot send a request to ${hostname}: Node keeps no dispatcher`)
    return dispatcher.dispatch(options, handler)
  }
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname.toLowerCase() ?? ''
}
