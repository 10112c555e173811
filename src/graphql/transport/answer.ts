import type { IncomingMessage, ServerResponse } from 'node:http'

import { err, ok, type Result } from '../../domain/result.ts'
import type { Caller, Credentials } from '../caller.ts'
import type { GraphqlPorts } from '../context.ts'
import type { Asking, CallerLimits } from '../limits/caller-limits.ts'
import { startOperation, type Operation } from '../operation.ts'
import { addressOf } from './client-address.ts'
import { allowOrigin, answerPreflight } from './cors.ts'
import { credentialsOfRequest, takeCredentials } from './credentials.ts'
import { findRoute, type HttpRoute } from './http-route.ts'
import { checkRequest, type NetworkRules } from './network-rules.ts'
import { keysUnavailable, rateLimited, refuse, unauthenticated, type RequestRefused } from './refuse.ts'
import type { ServerContext } from './server-context.ts'
import { GRAPHQL_PATH, type createGraphqlYoga } from './yoga.ts'

/** What requests are answered with, and under which rules. */
export interface Answering {
  readonly yoga: ReturnType<typeof createGraphqlYoga>
  readonly ports: Pick<GraphqlPorts, 'authenticate' | 'logFault'>
  readonly rules: NetworkRules
  readonly routes: readonly HttpRoute[]
  readonly callers: CallerLimits
  readonly trustedProxies: readonly string[]
}

/** Answers with a route or with Yoga, under the client's correlation id or a new one. Never throws. */
export async function answer(request: IncomingMessage, response: ServerResponse, parts: Answering): Promise<void> {
  const operation = startOperation('HTTP', request.headers)
  response.setHeader('X-Correlation-Id', operation.correlationId)
  const route = findRoute(parts.routes, request.url)
  try {
    if (route?.access === 'ANYONE') return await route.handle(request, response)
    const admitted = await admit(request, response, route, parts)
    if (admitted === 'ANSWERED') return
    if (!admitted.ok) return refuse(request, response, admitted.error)
    if (route !== undefined) return await route.handle(request, response)
    const context = { operation, asking: admitted.value } satisfies Omit<ServerContext, 'req' | 'res'>
    shield(request, operation)
    await parts.yoga(request, response, context)
  } catch (fault) {
    parts.ports.logFault(fault, operation.correlationId)
    response.destroy()
  }
}

/**
 * Has Yoga's adapter see what cannot fail there, and what tells a fault apart: it makes a URL of the Host, which was
 * checked, and is of no more use.
 */
function shield({ headers }: IncomingMessage, { correlationId }: Operation): void {
  headers.host = 'localhost'
  headers['x-correlation-id'] = correlationId
}

/** Says who asks, once all rules let the request pass. Nothing of its body is read before. */
async function admit(
  request: IncomingMessage,
  response: ServerResponse,
  route: HttpRoute | undefined,
  { ports, rules, callers, trustedProxies }: Answering,
): Promise<Result<Asking, RequestRefused> | 'ANSWERED'> {
  const turnedAway = checkRequest(request, rules)
  if (turnedAway !== null) return err(turnedAway)
  keepToItself(response)
  allowOrigin(request, response, rules.allowedOrigins)
  if (request.method === 'OPTIONS') {
    const refused = answerPreflight(request, response)
    return refused === null ? 'ANSWERED' : err(refused)
  }
  const wrong = route === undefined ? findWrong(request) : null
  if (wrong !== null) return err(wrong)
  const credentials = route === undefined ? takeCredentials(request) : ok(credentialsOfRequest(request))
  if (!credentials.ok) return credentials
  const address = addressOf(request, trustedProxies)
  const caller = await identify(credentials.value, address, ports, callers)
  if (!caller.ok) return caller
  const asking = { caller: caller.value, address }
  if (route !== undefined) {
    const unread = findUnread(caller.value)
    return unread === null ? ok(asking) : err(unread)
  }
  const waitSeconds = await callers.spend(asking, 1)
  return waitSeconds === 0 ? ok(asking) : err(rateLimited(waitSeconds))
}

/**
 * Tells who shows these credentials.
 *
 * @returns Refused where they are no good, and for a while without saying so, after one address showed many that were none.
 * Good tokens of the address are good meanwhile, save a JWT that was not seen before: to check one costs more than to send it.
 */
export async function identify(
  credentials: Credentials,
  address: string | null,
  { authenticate }: Pick<GraphqlPorts, 'authenticate'>,
  callers: CallerLimits,
): Promise<Result<Caller | null, RequestRefused>> {
  const { token } = credentials
  const waitBefore = token === null ? 0 : await callers.tokens.waitBefore(token, address)
  if (waitBefore > 0) return err(rateLimited(waitBefore))
  const caller = await authenticate(credentials)
  if (caller.ok) {
    if (token !== null) callers.tokens.noteGood(token)
    return caller
  }
  const { type, message } = caller.error
  if (type === 'KeysUnavailable') return err(keysUnavailable(message))
  const waitSeconds = await callers.tokens.waitAfter(address)
  if (waitSeconds > 0) return err(rateLimited(waitSeconds))
  await callers.tokens.noteRefused(token ?? '', address)
  return err(unauthenticated(message, 'invalid_token'))
}

/** No other page may put the answer in a frame, or be told the address that it was asked at. */
function keepToItself(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', "frame-ancestors 'none'")
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('X-Content-Type-Options', 'nosniff')
}

/** Why somebody may not read of all communities; null where he may. */
function findUnread(caller: Caller | null): RequestRefused | null {
  if (caller === null) {
    return unauthenticated('Send a token that reads of all communities: Authorization: Bearer <token>.')
  }
  if (caller.grant.communityIds === null) return null
  const reason = 'This tells of all communities, and the token is for some alone: send one that is for all.'
  return { status: 403, code: 'FORBIDDEN', reason }
}

function findWrong({ url = '', method, headers }: IncomingMessage): RequestRefused | null {
  const [path] = url.split('?')
  if (path !== GRAPHQL_PATH) {
    return { status: 404, code: 'NOT_FOUND', reason: `There is nothing here. The API is at ${GRAPHQL_PATH}.` }
  }
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
  if (method !== 'POST') {
    return hasBody ? { status: 400, code: 'BAD_REQUEST', reason: 'Send bodies by POST alone.' } : null
  }
  // What a page can send without asking first is never JSON.
  const isJson = /^application\/(?:graphql\+)?json(?:;|$)/i.test(headers['content-type'] ?? '')
  return isJson ? null : { status: 415, code: 'NOT_JSON', reason: 'Send operations as application/json.' }
}
