import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { BodyBudget } from './body-budget.ts'
import type { CallerClass } from './caller-class.ts'
import type { BodyLimits } from './transport-limits.ts'

/** Of a frame of a client, before its payload: more where it is long. */
const CONTROL_HEADER_BYTES = 6

/** What ws keeps of each chunk beside its bytes, until the message is whole. */
const CHUNK_BYTES = 300

/** Why a connection is closed: as RFC 6455 and the registry of its codes name it. */
const MESSAGE_TOO_BIG = 1009
const TRY_AGAIN_LATER = 1013

export interface MeterOptions {
  readonly limits: Readonly<Record<CallerClass, BodyLimits>>
  readonly budget: BodyBudget
  /** Of who speaks at this moment. */
  readonly kind: () => CallerClass
  readonly close: (code: number, reason: string) => void
}

/** Bounds the messages of one WebSocket. */
export interface MessageMeter {
  /** Takes a message that is whole. @returns To be called when it is answered; null where it is too long, and the connection closed. */
  readonly take: (bytes: number) => (() => void) | null
  readonly stop: () => void
}

/**
 * Counts what comes in of a message before it is whole. The limit of ws is one for all connections, and that of a frame
 * that says that it will be long; this one follows who speaks, and what is really sent.
 *
 * @param socket Of the client, after ws: what it has just been given, it has looked at.
 */
export function meterMessages(client: WebSocket, socket: Duplex, options: MeterOptions): MessageMeter {
  const { limits, budget, kind, close } = options
  const refuse = (refused: Refused): void => {
    const isTooLong = refused === 'LENGTH'
    const reason = isTooLong
      ? `A message may have ${limits[kind()].maxBytes} bytes`
      : 'Too much is being sent at a time'
    close(isTooLong ? MESSAGE_TOO_BIG : TRY_AGAIN_LATER, reason)
  }
  const incoming = countIncoming(client, options)
  socket.on('data', (chunk: Buffer) => {
    const refused = incoming.add(chunk.length)
    if (client.readyState !== client.OPEN) {
      if (refused !== null) client.terminate()
    } else if (refused !== null) {
      refuse(refused)
      // What is still on its way stays there: the client has time to be told.
      client.pause()
      // Answers and pongs wait for who sends and does not read.
    } else if (client.bufferedAmount > limits[kind()].maxUnreadBytes) client.terminate()
  })
  return {
    take: (length) => {
      incoming.begin()
      const held = budget()
      const isTooLong = length > limits[kind()].maxBytes
      if (!isTooLong && held.take(kind(), length)) return held.release
      refuse(isTooLong ? 'LENGTH' : 'ROOM')
      return null
    },
    stop: incoming.begin,
  }
}

type Refused = 'LENGTH' | 'ROOM'

interface Incoming {
  /** A message is whole, and the next one begins. */
  readonly begin: () => void
  readonly add: (length: number) => Refused | null
}

/** Counts what came in since the last message, but for control frames, which may come in between. */
function countIncoming(client: WebSocket, { limits, budget, kind }: MeterOptions): Incoming {
  const share = budget()
  let bytes = 0
  const leaveOut = (payload: Buffer): void => {
    bytes -= CONTROL_HEADER_BYTES + payload.length
  }
  client.on('ping', leaveOut)
  client.on('pong', leaveOut)
  return {
    begin: () => {
      bytes = 0
      share.release()
    },
    add: (length) => {
      bytes += length
      // The chunk may have ended a message before it began another.
      if (bytes > limits[kind()].maxBytes + length) return 'LENGTH'
      return bytes <= length || share.take(kind(), length + CHUNK_BYTES) ? null : 'ROOM'
    },
  }
}
