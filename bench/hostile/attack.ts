import { connect, type Socket } from 'node:net'
import { WebSocket, type ClientOptions } from 'ws'

/** What is attacked, and with what. */
export interface Target {
  readonly port: number
  /** Its magnet links are public. */
  readonly communityId: string
  /** Of somebody who may read, and means it ill. */
  readonly viewerToken: string
  readonly operatorToken: string
  /** How many connections an attack that is about their number opens. */
  readonly connections: number
}

/** Counts what happened to an attacker, by a word for each. */
export type Tally = (what: string) => void

/** Resolves once all of it is under way; it goes on until its process is killed. */
export type Attack = (target: Target, tally: Tally) => Promise<void>

let [requests, connections] = [0, 0]

/**
 * Where the next request says that it comes from: one of many addresses, as a proxy on this machine would say it.
 * Without it all were this machine, which has no limits.
 *
 * @param many After so many requests the first address comes again.
 * @see RFC 2544: 198.18.0.0/15 is for benchmarks.
 */
export function nextAddress(many: number): string {
  requests += 1
  const at = requests % many
  return `198.18.${at >> 8}.${at & 0xff}`
}

/** Loopback addresses to connect from: each has ports of its own, which are waited for after a connection. */
function nextSource(): string {
  connections += 1
  return `127.0.1.${1 + (connections % 50)}`
}

/** Opens a connection on which anything can be said. The status of what is answered is counted, and how it ends. */
export function openRaw({ port }: Pick<Target, 'port'>, tally: Tally, ...said: readonly (string | Buffer)[]): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: nextSource() })
  socket.once('connect', () => tally('opened'))
  socket.on('data', (chunk: Buffer) => {
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1', 0, 12)) ?? []
    if (status !== undefined) tally(status)
  })
  // Who is sent away in the middle of a sentence sees a reset.
  socket.on('error', () => socket.destroy())
  socket.once('close', () => tally('closed'))
  for (const each of said) socket.write(each)
  return socket
}

/** A request as it goes over the wire; `body` is sent with its length unless a header says otherwise. */
export function requestText(headers: Readonly<Record<string, string>>, body = '', method = 'POST'): string {
  const all = {
    Host: 'localhost',
    'Content-Type': 'application/json',
    Accept: 'application/json',
    ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Opens a WebSocket and sends `connection_init`. How it ends is counted by the code. */
export function openWebSocket({ port }: Pick<Target, 'port'>, tally: Tally, options: WebSocketOptions): WebSocket {
  const headers = options.address === undefined ? {} : { 'x-forwarded-for': options.address }
  // Apart, as the types do not know that it goes on to node:net.
  const from = { localAddress: nextSource() }
  const client: ClientOptions = { headers, perMessageDeflate: false, ...from }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', client)
  const payload = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  socket.once('open', () => {
    tally('opened')
    socket.send(JSON.stringify({ type: 'connection_init', payload }))
    options.onOpen?.(socket)
  })
  socket.once('message', () => options.onAcknowledged?.(socket))
  socket.on('error', (fault) => tally(/Unexpected server response: (\d+)/.exec(fault.message)?.[1] ?? 'reset'))
  socket.once('close', (code) => tally(String(code)))
  return socket
}

export interface WebSocketOptions {
  /** Nobody in particular where it is left out. */
  readonly token?: string
  /** This machine itself where it is left out. */
  readonly address?: string
  /** `connection_init` was sent. */
  readonly onOpen?: (socket: WebSocket) => void
  /** And was granted. */
  readonly onAcknowledged?: (socket: WebSocket) => void
}

/** What subscribes, or asks, over a WebSocket. */
export function subscribeText(id: string, query: string, variables: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ type: 'subscribe', id, payload: { query, variables } })
}

const STEP_MS = 10

/** Does something so many times a second, from now on; late ones are made up for, 0.1 s of them at most. */
export function keepOn(perSecond: number, work: (count: number) => void): void {
  let [done, dueFrom] = [0, performance.now()]
  setInterval(() => {
    const due = Math.floor(((performance.now() - dueFrom) * perSecond) / 1000)
    if (due - done > perSecond / 10) dueFrom += ((due - done - perSecond / 10) * 1000) / perSecond
    for (; done < Math.floor(((performance.now() - dueFrom) * perSecond) / 1000); done += 1) work(done)
  }, STEP_MS)
}

/** Opens so many connections, at a pace, and resolves when all were opened. */
export async function openMany(many: number, perSecond: number, open: (count: number) => void): Promise<void> {
  for (let opened = 0; opened < many;) {
    const until = Math.min(many, opened + Math.ceil((perSecond * STEP_MS) / 1000))
    for (; opened < until; opened += 1) open(opened)
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  }
}
