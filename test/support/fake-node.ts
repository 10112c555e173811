import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { FOLLOWED } from './recorded-follow.ts'

/** Something that listens where a node is expected. */
export interface FakeNode {
  readonly url: string
  readonly port: number
  /** The upgrades that were asked for. */
  readonly requests: readonly IncomingMessage[]
  /** The messages that came in, read as JSON. */
  readonly messages: readonly Readonly<Record<string, unknown>>[]
}

/** Answers each message; the type of the first is `connection_init`. */
export type Answer = (socket: WebSocket, message: Readonly<Record<string, unknown>>) => void

/** A server on the loopback address that says what the test wants. A number: the status that turns all away. */
export async function openFakeNode(answer: Answer | number): Promise<FakeNode> {
  const requests: IncomingMessage[] = []
  const messages: Readonly<Record<string, unknown>>[] = []
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    requests.push(request)
    socket.on('error', () => socket.destroy())
    if (typeof answer === 'number') {
      socket.end(`HTTP/1.1 ${answer} Away\r\nLocation: http://127.0.0.1:1/graphql\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate())
      client.on('message', (data) => {
        const message = JSON.parse((data as Buffer).toString()) as Readonly<Record<string, unknown>>
        messages.push(message)
        answer(client, message)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `ws://127.0.0.1:${port}/graphql`, port, requests, messages }
}

/** Acknowledges, and answers the subscription with messages, objects as JSON. */
export function answering(...answers: readonly (object | string | Buffer)[]): Answer {
  return (socket, { type }) => {
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
    if (type !== 'subscribe') return
    for (const each of answers)
      socket.send(typeof each === 'string' || Buffer.isBuffer(each) ? each : JSON.stringify(each))
  }
}

/** A link as a node sends it, with other fields where they are given. */
export function linkMessage(number: number, fields: object = {}): object {
  const link = { cursor: `cursor-${number}`, communityId: FOLLOWED, clock: String(number), magnetUri: 'magnet:?xt=a' }
  const proof = { publicKey: 'a1'.repeat(32), signature: 'b2'.repeat(64) }
  return { id: '1', type: 'next', payload: { data: { magnetlinks: { ...link, ...proof, ...fields } } } }
}
