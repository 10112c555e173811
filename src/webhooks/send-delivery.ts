import { request as httpRequest, Agent as HttpAgent, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https'
import type { AddressRules } from '../addresses/check-addresses.ts'
import { findAddresses } from '../addresses/find-addresses.ts'
import { lookupOf } from '../addresses/lookup-of.ts'
import type { WebhookFailureCode, WebhookUrl } from '../domain/webhook.ts'
import type { Try } from './webhook.ts'

/** How long one try may take in all, from looking up the name to the end of the answer. */
const TIME_OUT_MS = 10_000
/** So much of an answer is read, and thrown away: a receiver that is cut off would take it for a fault. */
const MAX_ANSWER_BYTES = 65_536

export interface SendOptions extends AddressRules {
  readonly url: WebhookUrl
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Ends it at once. */
  readonly signal: AbortSignal
  readonly timeOutMs?: number
}

/** What came of it. */
export type Sent = Pick<Try, 'status' | 'failure'>

/**
 * Posts a body to a webhook. Dials the very addresses that were checked, asks no proxy and follows no redirect: the answer's
 * status line decides, and nothing that comes behind it.
 *
 * @returns Null where `signal` ended it. Never rejects for what the network or the receiver does.
 */
export async function sendDelivery(options: SendOptions): Promise<Sent | null> {
  const { url, signal, allowPrivate, timeOutMs = TIME_OUT_MS } = options
  const { hostname, protocol } = new URL(url)
  if (protocol !== 'https:' && !allowPrivate) return failed('NOT_ENCRYPTED')
  const timeOut = AbortSignal.timeout(timeOutMs)
  const either = AbortSignal.any([signal, timeOut])
  const addresses = await findAddresses(hostname, { ...options, waitMs: timeOutMs, signal: either })
  if (signal.aborted) return null
  if (!addresses.ok) return failed(timeOut.aborted ? 'TIMED_OUT' : addresses.error.code)
  const sent = await post(options, addresses.value, either)
  if (signal.aborted && sent.status === null) return null
  return timeOut.aborted && sent.status === null ? failed('TIMED_OUT') : sent
}

async function post(
  { url, headers, body }: SendOptions,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Sent> {
  const { promise, resolve } = Promise.withResolvers<Sent>()
  const isEncrypted = url.startsWith('https:')
  const request = (isEncrypted ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    lookup: lookupOf(addresses),
    agent: agentOf(isEncrypted),
    signal,
  } satisfies RequestOptions)
  let sent = failed('UNREACHABLE')
  request.on('response', (response) => {
    const { statusCode: status = 0 } = response
    sent = { status, failure: status >= 200 && status < 300 ? null : 'STATUS_REFUSED' }
    drain(response)
  })
  request.on('error', (error) => {
    // The connection may break behind the status line too, which said all that counts.
    if (sent.status === null) sent = failed(codeOf(error))
  })
  request.on('close', () => resolve(sent))
  request.end(body)
  return promise
}

/** One for each try: it knows of no proxy, and keeps no connection to an address that was checked a while ago. */
function agentOf(isEncrypted: boolean): HttpAgent {
  return isEncrypted ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
}

/** Reads what there is of an answer, up to a bound. What breaks meanwhile changes nothing. */
function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) response.destroy()
  })
  response.on('error', () => response.destroy())
}

function failed(failure: WebhookFailureCode): Sent {
  return { status: null, failure }
}

/** OpenSSL's codes, and Node's own for a name that the certificate does not hold. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT))/

function codeOf(error: Error): WebhookFailureCode {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return CERTIFICATE.test(code) ? 'CERTIFICATE_REFUSED' : 'UNREACHABLE'
}
