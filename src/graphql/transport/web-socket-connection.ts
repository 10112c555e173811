import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, type Server, type WebSocket as ProtocolSocket } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Asking } from '../limits/caller-limits.ts'
import { createJsonOutline, JSON_FAULTS } from '../limits/json-outline.ts'
import { startOperation } from '../operation.ts'
import { reasonOfEnd, whenEnded } from './caller-end.ts'
import { classOf } from './caller-class.ts'
import { meterMessages, type MessageMeter } from './message-meter.ts'
import type { WebSocketOptions } from './web-socket.ts'
import type { Connection } from './web-socket-protocol.ts'

/** What a close frame has room for, in bytes of UTF-8. */
const MAX_REASON_BYTES = 123

/** One connection, as it came in. */
export interface Upgraded extends Pick<WebSocketOptions, 'callers' | 'limits' | 'budget' | 'ports'> {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly asking: Asking
  /** Lets go of its place among those that are not initialised. */
  readonly pending: () => void
  readonly protocol: Server<Connection>
}

/** Serves one connection until it is closed. */
export function serveWebSocket(client: WebSocket, upgraded: Upgraded): void {
  const { request, socket, ports, limits, budget, protocol } = upgraded
  const endings = new DisposableStack()
  const close = (code: number, reason: string): void => {
    client.close(code, fitReason(reason))
  }
  const fail = (fault: unknown): void => {
    // What a client that went away did not take is no fault.
    if (client.readyState !== WebSocket.OPEN) return
    ports.logFault(fault, startOperation('WEBSOCKET', request.headers).correlationId)
    close(CloseCode.InternalServerError, 'Internal server error')
  }
  const connection = createConnection(upgraded, close, endings)
  const kind = () => classOf(connection.asking.caller)
  const meter = meterMessages(client, socket, { limits: limits.bodies, budget, kind, close })
  endings.defer(meter.stop)
  const silence = watchSilence(client, limits.silenceMs)
  endings.defer(silence.stop)
  const maxUnreadBytes = (): number => limits.bodies[kind()].maxUnreadBytes
  const link = createLink(client, { meter, maxUnreadBytes, heard: silence.heard, close, fail }, connection)
  const closed = protocol.opened(link, connection)
  // Frames that are malformed: ws closes the connection itself, with the code that says so. Sockets that fail: it is gone.
  client.on('error', silence.heard)
  client.once('close', (code, reason) => {
    endings.dispose()
    void closed(code, reason.toString()).catch(fail)
  })
}

function createConnection(
  { request, asking, pending, callers }: Upgraded,
  close: Connection['close'],
  endings: DisposableStack,
): Connection {
  return {
    request,
    asking,
    isAcknowledged: false,
    belongTo: ({ caller, address }) => {
      const letGo = callers.holdSocket({ caller, address })
      if (letGo === null) return 'Too many connections: close one before you open another'
      pending()
      endings.defer(letGo)
      const ended = caller?.ended
      endings.defer(
        whenEnded(caller, () => close(CloseCode.Forbidden, ended == null ? 'Forbidden' : reasonOfEnd(ended))),
      )
      return null
    },
    close,
  }
}

interface LinkParts {
  readonly meter: MessageMeter
  readonly maxUnreadBytes: () => number
  readonly heard: () => void
  readonly close: Connection['close']
  readonly fail: (fault: unknown) => void
}

/** What the protocol speaks through. */
function createLink(
  client: WebSocket,
  { meter, maxUnreadBytes, heard, close, fail }: LinkParts,
  connection: Connection,
): ProtocolSocket {
  // Settles when the operating system took the message: until then nothing more is pulled for it.
  const send = async (text: string): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      // Each answer waits for itself alone: many of them are many too many.
      if (client.bufferedAmount > maxUnreadBytes()) client.terminate()
      client.send(text, (fault) => {
        heard()
        if (fault == null) resolve()
        else reject(fault)
      })
    })
  return {
    protocol: client.protocol,
    send,
    close: (code, reason) => close(code ?? CloseCode.BadResponse, reason ?? ''),
    onMessage: (receive) => {
      client.on('message', (data) => {
        heard()
        // Nobody is obeyed who was sent away, and has not gone yet.
        if (client.readyState !== WebSocket.OPEN || !Buffer.isBuffer(data)) return
        const answered = meter.take(data.length)
        if (answered === null) return
        const fault = createJsonOutline().read(data)
        if (fault === null) receive(data.toString()).catch(fail).finally(answered)
        else {
          answered()
          close(CloseCode.BadRequest, JSON_FAULTS[fault])
        }
      })
    },
    onPing: async (payload) => {
      if (connection.isAcknowledged) await send(JSON.stringify({ type: 'pong', ...(payload && { payload }) }))
      else close(CloseCode.Unauthorized, 'Send connection_init first')
    },
  }
}

function fitReason(reason: string): string {
  const bytes = Buffer.from(reason)
  // Cut between two characters.
  return bytes.length <= MAX_REASON_BYTES ? reason : reason.slice(0, MAX_REASON_BYTES / 3)
}

/** Drops a client from which nothing is heard: no message, no answer to a ping, no progress in sending. */
function watchSilence(client: WebSocket, silenceMs: number): { readonly heard: () => void; readonly stop: () => void } {
  let isSilent = false
  const heard = (): void => {
    isSilent = false
  }
  const timer = setInterval(() => {
    if (isSilent) return client.terminate()
    isSilent = true
    client.ping()
  }, silenceMs)
  client.on('pong', heard)
  return { heard, stop: () => clearInterval(timer) }
}
