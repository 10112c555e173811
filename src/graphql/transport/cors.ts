import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestRefused } from './refuse.ts'

/** What pages may send beyond what they may send anyway. */
const ALLOWED_HEADERS = 'Authorization, Content-Type, Last-Event-ID, Traceparent, X-Correlation-Id'
const EXPOSED_HEADERS = 'Retry-After, WWW-Authenticate, X-Correlation-Id'
const PREFLIGHT_SECONDS = '600'

/**
 * Lets pages of the allowed origins read the answers: by the exact origin, and without cookies, which nobody here sets.
 *
 * Where none is allowed no header says anything of it.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowOrigin(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  allowedOrigins: readonly string[],
): void {
  if (allowedOrigins.length === 0) return
  response.setHeader('Vary', 'Origin')
  if (origin === undefined || !allowedOrigins.includes(origin)) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
}

/**
 * Answers OPTIONS, which browsers ask before a page sends what only some may. Nobody is asked for a token: it comes later.
 *
 * @returns Refused where the page may not go on.
 */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): RequestRefused | null {
  if (!response.hasHeader('Access-Control-Allow-Origin')) {
    const reason = 'Send operations by POST, or queries and subscriptions by GET.'
    return { status: 405, code: 'METHOD_NOT_ALLOWED', reason, headers: { Allow: 'GET, POST' } }
  }
  response
    .writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    })
    .end()
  request.resume()
  return null
}
