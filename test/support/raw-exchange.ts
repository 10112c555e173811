import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection on which anything can be said, and all that was heard. */
export interface RawExchange {
  readonly socket: Socket
  readonly heard: () => string
  /** Resolves once that was heard; throws where the other side closes before. */
  readonly hears: (pattern: RegExp) => Promise<string>
  /** Resolves with all that was heard, once the other side closed. */
  readonly closed: Promise<string>
}

/** Connects to a port of this machine, and says something. */
export async function openExchange(port: number, ...said: readonly (string | Buffer)[]): Promise<RawExchange> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  // Who is sent away in the middle of a sentence sees a reset.
  socket.on('error', () => socket.destroy())
  const closed = once(socket, 'close').then(() => text)
  await once(socket, 'connect')
  for (const each of said) socket.write(each)

  async function hears(pattern: RegExp): Promise<string> {
    while (!pattern.test(text)) {
      const isOver = await Promise.race([once(socket, 'data').then(() => false), closed.then(() => true)])
      if (isOver && !pattern.test(text)) throw new Error(`Waited for ${pattern}, heard ${JSON.stringify(text)}`)
    }
    return text
  }

  return { socket, heard: () => text, hears, closed }
}

/** What asks for a WebSocket. */
export const UPGRADE = [
  'GET /graphql HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n')

/** A frame as a client sends it, masked with zeros, unless it says otherwise. */
export function frame(opcode: number, payload: string | Buffer, isFinal = true): Buffer {
  const bytes = Buffer.from(payload)
  const first = (isFinal ? 0x80 : 0) | opcode
  const head =
    bytes.length < 126
      ? Buffer.from([first, 0x80 | bytes.length])
      : Buffer.from([first, 0xfe, bytes.length >> 8, bytes.length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), bytes])
}
