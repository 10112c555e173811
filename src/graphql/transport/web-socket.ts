import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols, type Server } from 'graphql-ws'
import { WebSocket, WebSocketServer } from 'ws'
import type { GraphqlPorts } from '../context.ts'
import { startOperation } from '../operation.ts'
import { createWebSocketProtocol, type Connection } from './web-socket-protocol.ts'
import { MAX_REQUEST_BYTES, type createGraphqlYoga } from './yoga.ts'

/** A client that neither answers nor takes anything for this long is gone. */
const SILENCE_MS = 30_000
const GOING_AWAY = 1001

/** The WebSocket transport, graphql-transport-ws. */
export interface WebSocketTransport {
  /** Takes over an upgrade that passed the network rules. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends every connection with 1001, and with it its subscriptions. */
  closeAll(): void
}

/** Serves operations over WebSocket: each message is sent when the client's socket took the one before. */
export function createWebSocketTransport(
  yoga: ReturnType<typeof createGraphqlYoga>,
  { authenticate, logFault }: Pick<GraphqlPorts, 'authenticate' | 'logFault'>,
): WebSocketTransport {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES, handleProtocols })
  const protocol = createWebSocketProtocol(yoga, authenticate)

  function serve(client: WebSocket, request: IncomingMessage): void {
    const fail = (fault: unknown): void => {
      // What a client that went away did not take is no fault.
      if (client.readyState !== WebSocket.OPEN) return
      logFault(fault, startOperation('WEBSOCKET', request.headers).correlationId)
      client.close(CloseCode.InternalServerError, 'Internal server error')
    }
    const silence = watchSilence(client)
    const closed = open(client, request, protocol, silence.heard, fail)
    // Frames that are too long or malformed: ws closes the connection itself, with the code that says so.
    client.on('error', () => client.terminate())
    client.once('close', (code, reason) => {
      silence.stop()
      void closed(code, reason.toString()).catch(fail)
    })
  }

  return {
    upgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => serve(client, request))
    },
    closeAll: () => {
      for (const client of sockets.clients) client.close(GOING_AWAY, 'Going away')
    },
  }
}

function open(
  client: WebSocket,
  request: IncomingMessage,
  protocol: Server<Connection>,
  heard: () => void,
  fail: (fault: unknown) => void,
): ReturnType<Server<Connection>['opened']> {
  const socket = {
    protocol: client.protocol,
    // Settles when the operating system took the message: until then nothing more is pulled for it.
    send: async (text: string) =>
      new Promise<void>((resolve, reject) => {
        client.send(text, (fault) => {
          heard()
          if (fault == null) resolve()
          else reject(fault)
        })
      }),
    close: (code?: number, reason?: string) => client.close(code, reason),
    onMessage: (receive: (text: string) => Promise<void>) => {
      client.on('message', (data) => {
        heard()
        // Answers that wait unread are bounded as requests are.
        if (client.bufferedAmount > MAX_REQUEST_BYTES) client.terminate()
        else receive(Buffer.isBuffer(data) ? data.toString() : '').catch(fail)
      })
    },
  }
  return protocol.opened(socket, { request, caller: null })
}

/** Drops a client from which nothing is heard: no message, no answer to a ping, no progress in sending. */
function watchSilence(client: WebSocket): { readonly heard: () => void; readonly stop: () => void } {
  let isSilent = false
  const heard = (): void => {
    isSilent = false
  }
  const timer = setInterval(() => {
    if (isSilent) return client.terminate()
    isSilent = true
    client.ping()
  }, SILENCE_MS)
  client.on('pong', heard)
  return { heard, stop: () => clearInterval(timer) }
}
