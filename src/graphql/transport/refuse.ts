import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A request that is not carried out. */
export interface RequestRefused {
  readonly status: number
  /** For programs. */
  readonly code: string
  /** For people: what is wrong, and what would be right. */
  readonly reason: string
  readonly headers?: Readonly<Record<string, string>>
}

/** How long a client that is refused may go on sending, and how much of it is taken from the line, and dropped. */
const LINGER_MS = 2_000
const LINGER_BYTES = 1024 * 1024

/** What is refused for lack of a token, or for one that is no good. @see RFC 6750, section 3 */
export function unauthenticated(reason: string, error?: 'invalid_token' | 'invalid_request'): RequestRefused {
  const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}"`
  const status = error === 'invalid_request' ? 400 : 401
  return { status, code: 'UNAUTHENTICATED', reason, headers: { 'WWW-Authenticate': challenge } }
}

/** Whether a token is good cannot be told for now. */
export function keysUnavailable(reason: string): RequestRefused {
  return { status: 503, code: 'KEYS_UNAVAILABLE', reason, headers: { 'Retry-After': '10' } }
}

/** Too much at a time. */
export function rateLimited(retryAfterSeconds: number): RequestRefused {
  const reason = `Too many operations: ask again in ${retryAfterSeconds} s.`
  return { status: 429, code: 'RATE_LIMITED', reason, headers: { 'Retry-After': String(retryAfterSeconds) } }
}

/** Answers in the form of GraphQL where the client asked for JSON, else in plain words. What it still sends is not kept. */
export function refuse(request: IncomingMessage, response: ServerResponse, refused: RequestRefused): void {
  const { status, code, reason, headers } = refused
  const isJson = request.headers.accept?.includes('json') === true
  const body = isJson ? JSON.stringify({ errors: [{ message: reason, extensions: { code } }] }) : `${reason}\n`
  const type = isJson ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8'
  // Who waits for "100 Continue" does not say whether the body follows all the same.
  if (request.headers.expect !== undefined) response.setHeader('Connection', 'close')
  response.writeHead(status, { 'Content-Type': type, ...headers }).end(body)
  letSendOn(request)
}

/**
 * Closing at once would take the answer from a client that is still sending. It has time to read it; but who sends on
 * regardless is not read any faster than those who are served.
 */
export function letSendOn(request: IncomingMessage): void {
  if (request.complete) return
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_BYTES) request.pause()
  })
  request.resume()
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy()
  }, LINGER_MS)
  request.once('close', () => clearTimeout(timer))
}

/** The same for an upgrade, whose connection is closed. */
export function refuseUpgrade(socket: Duplex, { status, reason, headers = {} }: RequestRefused): void {
  // A client that is gone already is no fault.
  socket.on('error', () => socket.destroy())
  const body = `${reason}\n`
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
  // It may never close its half.
  if ('destroySoon' in socket && typeof socket.destroySoon === 'function') socket.destroySoon()
}
