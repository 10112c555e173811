import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import type { Answering } from './answer.ts'
import type { BodyBudget } from './body-budget.ts'
import { addressOf } from './client-address.ts'
import { takeCredentials } from './credentials.ts'
import { checkRequest } from './network-rules.ts'
import { refuseUpgrade, type RequestRefused } from './refuse.ts'
import { createWebSocketProtocol, type ProtocolOptions } from './web-socket-protocol.ts'
import { serveWebSocket } from './web-socket-connection.ts'
import { GRAPHQL_PATH } from './yoga.ts'

const GOING_AWAY = 1001

export interface WebSocketOptions extends Answering, ProtocolOptions {
  readonly ports: Answering['ports']
  readonly budget: BodyBudget
}

/** The WebSocket transport, graphql-transport-ws. */
export interface WebSocketTransport {
  /** Takes an upgrade over, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends every connection with 1001, and with it its subscriptions. */
  closeAll(): void
}

/** Serves operations over WebSocket: each message is sent when the client's socket took the one before. */
export function createWebSocketTransport(options: WebSocketOptions): WebSocketTransport {
  const { rules, callers, trustedProxies, limits } = options
  // Apart, as the types of ws do not know of it.
  const closing = { closeTimeout: limits.goodbyeMs }
  const sockets = new WebSocketServer({
    noServer: true,
    // Of one frame, whoever sends it. What each may really send is counted as it comes in.
    maxPayload: Math.max(...Object.values(limits.bodies).map(({ maxBytes }) => maxBytes)),
    handleProtocols,
    ...closing,
  })
  const protocol = createWebSocketProtocol(options)

  return {
    upgrade: (request, socket, head) => {
      const asking = { caller: null, address: addressOf(request, trustedProxies) }
      const refused = checkRequest(request, rules) ?? findWrong(request)
      if (refused !== null) return refuseUpgrade(socket, refused)
      const pending = callers.holdPendingSocket(asking)
      if (pending === null) return refuseUpgrade(socket, tooMany())
      // Also where the handshake comes to nothing.
      socket.once('close', pending)
      sockets.handleUpgrade(request, socket, head, (client) =>
        serveWebSocket(client, { ...options, request, socket, asking, pending, protocol }),
      )
    },
    closeAll: () => {
      for (const client of sockets.clients) client.close(GOING_AWAY, 'Going away')
    },
  }
}

function findWrong(request: IncomingMessage): RequestRefused | null {
  const [path] = (request.url ?? '').split('?')
  if (path !== GRAPHQL_PATH) {
    return { status: 404, code: 'NOT_FOUND', reason: `There is nothing here. The API is at ${GRAPHQL_PATH}.` }
  }
  // What comes before 1.1 has no upgrades: a proxy that is set up by half passed it on. RFC 6455, section 4.1.
  if (request.httpVersion === '1.0') {
    return { status: 400, code: 'BAD_REQUEST', reason: 'Ask for a WebSocket in HTTP/1.1.' }
  }
  const credentials = takeCredentials(request)
  return credentials.ok ? null : credentials.error
}

function tooMany(): RequestRefused {
  const reason = 'Too many of your connections wait for connection_init: send it, or close them.'
  return { status: 429, code: 'TOO_MANY_CONNECTIONS', reason, headers: { 'Retry-After': '5' } }
}
