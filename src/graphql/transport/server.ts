import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { GraphqlPorts } from '../context.ts'
import { createCallerLimits } from '../limits/caller-limits.ts'
import type { ShownTo } from '../limits/introspection.ts'
import type { PersistedOptions } from '../limits/persisted-operations.ts'
import { answer, type Answering } from './answer.ts'
import { createBodyBudget } from './body-budget.ts'
import { createConnectionGate } from './connection-gate.ts'
import type { HttpRoute } from './http-route.ts'
import { createInTurn } from './in-turn.ts'
import type { NetworkRules } from './network-rules.ts'
import { createServerSentEvents } from './server-sent-events.ts'
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from './transport-limits.ts'
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
  /** Those that are left out are `DEFAULT_TRANSPORT_LIMITS`. */
  readonly limits?: Partial<TransportLimits>
  /** Addresses of proxies on other machines that say for whom they ask. */
  readonly trustedProxies?: readonly string[]
  readonly persisted?: PersistedOptions
  /** Whom the schema is told to, and whom GraphiQL is shown to: `auto` where nothing is said. */
  readonly introspection?: ShownTo
  readonly graphiql?: ShownTo
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
  const { host, port, extra } = options
  const limits = { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits }
  const { parts, sse, webSocket } = createTransports(options, limits)
  const inTurn = createInTurn()
  const server = createBoundedServer(limits)
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (extra?.handleRequest(request, response) === true) return
    inTurn(request.socket, response, async () => answer(request, response, parts))
  }
  server.on('request', handle)
  // Who asks before it sends is told to go on by whoever reads the body, or is refused first.
  server.on('checkContinue', handle)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (extra?.handleUpgrade(request, socket, head) !== true) webSocket.upgrade(request, socket, head)
  })
  const gate = createConnectionGate(limits.connectionsPerAddress)
  server.on('connection', gate.enter)

  return {
    listen: async () => listen(server, host, port),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      sse.endAll()
      webSocket.closeAll()
      server.closeIdleConnections()
      // Whatever protocol they speak, and also where nobody reads the goodbye.
      const timer = setTimeout(gate.destroyAll, CLOSE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

function createTransports(options: GraphqlServerOptions, limits: TransportLimits) {
  const { ports, host, routes = [], allowedHosts = [], allowedOrigins = [], trustedProxies = [] } = options
  const {
    persisted = { operations: null, isOnlyPersisted: false },
    introspection = 'auto',
    graphiql = 'auto',
  } = options
  const rules = { allowedHosts: [...allowedHosts, inHostHeader(host)], allowedOrigins }
  const sse = createServerSentEvents(ports)
  const callers = createCallerLimits(limits)
  const budget = createBodyBudget(limits.bodies)
  const yoga = createGraphqlYoga({ ports, sse, limits, callers, budget, persisted, introspection, graphiql })
  const parts: Answering = { yoga, ports, rules, routes, callers, trustedProxies }
  return { parts, sse, webSocket: createWebSocketTransport({ ...parts, limits, budget, persisted }) }
}

/** A server that lets go of who is too slow, or comes in too great a number. */
function createBoundedServer(limits: TransportLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
  })
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  return server
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
