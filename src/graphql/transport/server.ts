import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { GraphqlPorts } from '../context.ts'
import { startOperation } from '../operation.ts'
import { credentialsOf } from './credentials.ts'
import { findRoute, type HttpRoute } from './http-route.ts'
import { checkRequest, type NetworkRules } from './network-rules.ts'
import { createServerSentEvents } from './server-sent-events.ts'
import { createWebSocketTransport } from './web-socket.ts'
import { createGraphqlYoga, GRAPHQL_PATH } from './yoga.ts'

/** How long a stopping server waits for answers that are under way. */
const CLOSE_MS = 2000

/** Another protocol on the same port, such as a tracker's. It is asked first, under rules of its own. */
export interface ExtraHandlers {
  /** @returns Whether it took the request. */
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => boolean
  /** @returns Whether it took the upgrade. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
}

export interface GraphqlServerOptions extends Partial<NetworkRules> {
  readonly ports: GraphqlPorts
  /** The address to listen at. Its name is allowed as a Host too. */
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly extra?: ExtraHandlers
  /** What else is answered, beside the API. The first whose path fits is asked. */
  readonly routes?: readonly HttpRoute[]
}

/** Where the server listens. */
export interface ListeningAt {
  readonly host: string
  readonly port: number
  /** Of the API. */
  readonly url: string
}

/** The API on one port: HTTP, server-sent events and WebSocket. */
export interface GraphqlServer {
  /** @throws When the address is taken or is none of this machine. */
  listen(): Promise<ListeningAt>
  /** Takes no more requests, ends the subscriptions, and resolves within about 2 seconds. */
  close(): Promise<void>
}

/** Builds the server; nothing listens before `listen`. */
export function createGraphqlServer(options: GraphqlServerOptions): GraphqlServer {
  const { ports, host, port, extra, routes = [], allowedHosts = [], allowedOrigins = [] } = options
  const rules = { allowedHosts: [...allowedHosts, inHostHeader(host)], allowedOrigins }
  const sse = createServerSentEvents(ports)
  const yoga = createGraphqlYoga(ports, sse)
  const webSocket = createWebSocketTransport(yoga, ports)

  const server = createServer((request, response) => {
    if (extra?.handleRequest(request, response) === true) return
    void answer(request, response, { yoga, ports, rules, route: findRoute(routes, request.url) })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (extra?.handleUpgrade(request, socket, head) === true) return
    const turnedAway = turnAway(request, rules)
    if (turnedAway === null) webSocket.upgrade(request, socket, head)
    else refuseUpgrade(socket, turnedAway)
  })

  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  return {
    listen: async () => listen(server, host, port),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      sse.endAll()
      webSocket.closeAll()
      server.closeIdleConnections()
      // Whatever protocol they speak, and also where nobody reads the goodbye.
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

interface Answering {
  readonly yoga: ReturnType<typeof createGraphqlYoga>
  readonly ports: Pick<GraphqlPorts, 'authenticate' | 'logFault'>
  readonly rules: NetworkRules
  readonly route: HttpRoute | undefined
}

/** Answers with a route or with Yoga, under the client's correlation id or a new one. Never throws. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { yoga, ports, rules, route }: Answering,
): Promise<void> {
  const operation = startOperation('HTTP', request.headers)
  response.setHeader('X-Correlation-Id', operation.correlationId)
  try {
    if (route?.access === 'ANYONE') return await route.handle(request, response)
    const turnedAway = turnAway(request, rules, route)
    if (turnedAway !== null) return refuse(response, turnedAway)
    const caller = await ports.authenticate(credentialsOf(request.headers, request.headers.authorization))
    if (!caller.ok) return refuse(response, { status: 401, reason: caller.error.message })
    if (route === undefined) return await yoga(request, response, { operation, caller: caller.value })
    const mayAsk = caller.value !== null && caller.value.grant.communityIds === null
    if (mayAsk) return await route.handle(request, response)
    refuse(response, {
      status: 401,
      reason: 'Send a token that reads of all communities: Authorization: Bearer <token>.',
    })
  } catch (fault) {
    ports.logFault(fault, operation.correlationId)
    response.destroy()
  }
}

interface Refused {
  readonly status: number
  readonly reason: string
}

function turnAway(request: IncomingMessage, rules: NetworkRules, route?: HttpRoute): Refused | null {
  const [path] = (request.url ?? '').split('?')
  const turnedAway = checkRequest(request, rules)
  if (turnedAway !== null || route !== undefined) return turnedAway
  if (path !== GRAPHQL_PATH) return { status: 404, reason: `There is nothing here. The API is at ${GRAPHQL_PATH}.` }
  // What a page can send without asking first is never JSON.
  const isJson = /^application\/(?:graphql\+)?json(?:;|$)/i.test(request.headers['content-type'] ?? '')
  return request.method !== 'POST' || isJson ? null : { status: 415, reason: 'Send operations as application/json.' }
}

function refuse(response: ServerResponse, { status, reason }: Refused): void {
  // What the client still sends is not read.
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(`${reason}\n`)
}

function refuseUpgrade(socket: Duplex, { status, reason }: Refused): void {
  // A client that is gone already is no fault.
  socket.on('error', () => socket.destroy())
  const body = `${reason}\n`
  const headers = `Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers}\r\n\r\n${body}`)
}

async function listen(server: Server, host: string, port: number): Promise<ListeningAt> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: bound } = server.address() as AddressInfo
  return { host, port: bound, url: `http://${inHostHeader(host)}:${bound}${GRAPHQL_PATH}` }
}

/** IPv6 addresses stand in brackets where a port may follow. */
function inHostHeader(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
