import type { IncomingMessage } from 'node:http'

/** Who may speak to this API, told by name. */
export interface NetworkRules {
  /** Host names beside the loopback ones, without a port. */
  readonly allowedHosts: readonly string[]
  /** Origins of web pages beside the API's own, such as `https://example.org`. */
  readonly allowedOrigins: readonly string[]
}

/** Why a request is turned away before anything reads it. */
export interface TurnedAway {
  readonly status: 403 | 421
  readonly reason: string
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Checks who a request was meant for and which page sent it; null when it may pass.
 *
 * The Host rule keeps a page from reaching the API under a name of its own (DNS rebinding), and the
 * Origin rule keeps it from doing so under the API's. Programs that are no browser send no Origin.
 */
export function checkRequest(request: IncomingMessage, rules: NetworkRules): TurnedAway | null {
  const { host, origin } = request.headers
  const name = hostNameOf(host)
  if (name === null || !(LOOPBACK.has(name) || rules.allowedHosts.some((allowed) => allowed.toLowerCase() === name))) {
    return { status: 421, reason: `This API does not answer under the Host ${JSON.stringify(host ?? '')}.` }
  }
  if (origin === undefined || isSameOrigin(origin, host) || rules.allowedOrigins.includes(origin)) return null
  return { status: 403, reason: `This API does not answer pages of the Origin ${JSON.stringify(origin)}.` }
}

/** The name in a Host header, without the port, in lower case; IPv6 addresses in brackets. */
function hostNameOf(host: string | undefined): string | null {
  const [, name] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '') ?? []
  return name === undefined ? null : name.toLowerCase()
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}
