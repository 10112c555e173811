import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Credentials } from '../caller.ts'
import { unauthenticated, type RequestRefused } from './refuse.ts'

/** What reverse proxies add, beside `X-Forwarded-*`. A client that adds one itself loses by it: it is no longer taken for local. */
const MARKS_OF_PROXIES: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-amzn-trace-id',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'fly-client-ip',
])

/**
 * What a request brings to show who sends it.
 *
 * @param authorization The header, or the field of the same name in a `connection_init` message: `Bearer <token>`.
 */
export function credentialsOf(headers: IncomingHttpHeaders, authorization: unknown): Credentials {
  const [, token = null] =
    typeof authorization === 'string' ? (/^Bearer +([^\s]+)\s*$/i.exec(authorization) ?? [null, '']) : []
  const isForwarded = Object.keys(headers).some((name) => name.startsWith('x-forwarded-') || MARKS_OF_PROXIES.has(name))
  return { token, isForwarded }
}

/** What a request over HTTP brings. In HTTP/1.0 there are proxies that add nothing, nginx among them, and hardly anybody else. */
export function credentialsOfRequest({ headers, httpVersion }: IncomingMessage): Credentials {
  const credentials = credentialsOf(headers, headers.authorization)
  return httpVersion === '1.0' ? { ...credentials, isForwarded: true } : credentials
}

/**
 * What a request for operations brings: the header, or `access_token` in the URL where a browser's EventSource asks, which can
 * send no headers.
 *
 * The token is taken out of the URL, so that nobody after this sees it, or writes it down.
 *
 * @returns Refused where a URL has a token that may have none: URLs are kept in histories and logs.
 * @see RFC 6750, section 2.3
 */
export function takeCredentials(request: IncomingMessage): Result<Credentials, RequestRefused> {
  const { headers, method } = request
  const [path = '', query = ''] = splitOnce(request.url ?? '', '?')
  const parts = query.split('&').map((part) => ({ part, token: new URLSearchParams(part).get('access_token') }))
  const [found, another] = parts.filter(({ token }) => token !== null)
  if (found === undefined) return ok(credentialsOfRequest(request))
  const rest = parts.filter(({ token }) => token === null).map(({ part }) => part)
  request.url = rest.length === 0 ? path : `${path}?${rest.join('&')}`
  // As an EventSource asks. Others that take a stream among other things can send headers.
  const isStream = method === 'GET' && headers.accept === 'text/event-stream'
  if (!isStream || another !== undefined || headers.authorization !== undefined) {
    const advice = 'Send it as a header, Authorization: Bearer <token>.'
    const reason = `A token stands in the URL of a GET for text/event-stream alone, once, and without a header. ${advice}`
    return err(unauthenticated(reason, 'invalid_request'))
  }
  return ok({ ...credentialsOfRequest(request), token: found.token })
}

function splitOnce(text: string, sign: string): readonly string[] {
  const at = text.indexOf(sign)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
