import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { plainAddress } from './client-address.ts'
import type { RequestRefused } from './refuse.ts'

/** Who may speak to this API, told by name. */
export interface NetworkRules {
  /** Host names beside the loopback ones, without a port. */
  readonly allowedHosts: readonly string[]
  /** Origins of web pages beside the API's own, such as `https://example.org`. */
  readonly allowedOrigins: readonly string[]
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

const MAX_PORT = 65_535

/** What a browser says of requests that no page of another site sent. */
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none'])

/**
 * Checks who a request was meant for and which page sent it; null when it may pass.
 *
 * The Host rule keeps a page from reaching the API under a name of its own (DNS rebinding), and the Origin rule keeps it from
 * doing so under the API's. Where a browser sends no Origin, as with images, it still says that the site is another.
 * Programs that are no browser send neither.
 */
export function checkRequest(request: IncomingMessage, rules: NetworkRules): RequestRefused | null {
  const { host, origin } = request.headers
  if ((request.headersDistinct['host']?.length ?? 0) > 1) {
    return { status: 400, code: 'BAD_REQUEST', reason: 'Send one Host.' }
  }
  const name = hostNameOf(host)
  if (name === null || !isAllowedHost(name, request, rules)) {
    const reason = `This API does not answer under the Host ${JSON.stringify(host ?? '')}.`
    return { status: 421, code: 'HOST_NOT_ALLOWED', reason }
  }
  if (origin !== undefined) {
    if (isSameOrigin(origin, host) || rules.allowedOrigins.includes(origin)) return null
    const reason = `This API does not answer pages of the Origin ${JSON.stringify(origin)}.`
    return { status: 403, code: 'ORIGIN_NOT_ALLOWED', reason }
  }
  if (OWN_SITES.has(request.headers['sec-fetch-site']) || isVisit(request)) return null
  return { status: 403, code: 'ORIGIN_NOT_ALLOWED', reason: 'This API does not answer pages of other sites.' }
}

/** No other site can give an address as a name of its own: that the client asks for it by its address is no harm. */
function isAllowedHost(name: string, { socket }: IncomingMessage, { allowedHosts }: NetworkRules): boolean {
  if (LOOPBACK.has(name) || allowedHosts.some((allowed) => allowed.toLowerCase() === name)) return true
  const address = name.replace(/^\[|\]$/g, '')
  return isIP(address) !== 0 && address === plainAddress(socket.localAddress ?? '')
}

/** Somebody follows a link to this server: the page that has the link sees nothing of the answer. */
function isVisit({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/** The name in a Host header, without the port, in lower case; IPv6 addresses in brackets. Null where it is none. */
function hostNameOf(host: string | undefined): string | null {
  const [, name, port = '0'] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(host ?? '') ?? []
  return name === undefined || Number(port) > MAX_PORT ? null : name.toLowerCase()
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}
