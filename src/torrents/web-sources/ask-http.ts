import { request as requestHttp, type Agent, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { AddressRules } from '../../addresses/check-addresses.ts'
import { findAddresses } from '../../addresses/find-addresses.ts'
import { lookupOf } from '../../addresses/lookup-of.ts'
import { isPrivateHost } from '../../domain/private-address.ts'
import { HttpFailure } from './http-failure.ts'

/** A question to a server that a stranger named. */
export interface HttpQuestion {
  /** Of HTTP or HTTPS. */
  readonly url: string
  readonly rules: AddressRules
  /** Ends it. */
  readonly signal: AbortSignal
  /** What keeps connections; none is kept where nothing is said. */
  readonly agent?: Agent
  /** For how long the server may say nothing: 15 s where nothing is said. */
  readonly silenceMs?: number
}

/** The body of an answer. */
export type HttpBody = AsyncIterable<Buffer> & Pick<IncomingMessage, 'destroy'>

const SILENCE_MS = 15_000
const LOOKUP_MS = 5_000
const MAX_HEAD_BYTES = 16_384
const FIRST_BODY_BYTES = 65_536

/**
 * Asks a server and resolves with the head of its answer. Its address is checked whenever it is dialled, no redirect is
 * followed, and nothing is decompressed.
 *
 * @throws HttpFailure for whatever goes wrong.
 */
export async function askHttp(question: HttpQuestion, headers: OutgoingHttpHeaders = {}): Promise<IncomingMessage> {
  const { url, rules, signal, agent = false, silenceMs = SILENCE_MS } = question
  const { hostname, protocol } = new URL(url)
  if (!rules.allowPrivate && isPrivateHost(hostname)) throw refused(url)
  const ask = protocol === 'https:' ? requestHttps : requestHttp
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = ask(url, {
    agent,
    signal,
    headers: { ...headers, 'Accept-Encoding': 'identity' },
    lookup: lookUp(url, rules, signal),
    maxHeaderSize: MAX_HEAD_BYTES,
    timeout: silenceMs,
  })
  outgoing.on('timeout', () => outgoing.destroy(new HttpFailure('LATER', `${url} says nothing`)))
  outgoing.on('error', (error) => reject(failureOf(url, error)))
  outgoing.on('response', resolve)
  // Nobody asked for another protocol.
  outgoing.on('upgrade', (_answer, socket) => {
    socket.destroy()
    reject(new HttpFailure('NEVER', `${url} speaks another protocol`))
  })
  outgoing.end()
  const answer = await promise
  const { statusCode = 0, headers: head } = answer
  if (statusCode >= 300 && statusCode < 400) return leave(answer, 'NEVER', `${url} redirects`)
  if (statusCode >= 400) return leave(answer, 'LATER', `${url} answers ${statusCode}`)
  if ((head['content-encoding'] ?? 'identity') !== 'identity') return leave(answer, 'NEVER', `${url} compresses`)
  return answer
}

/**
 * Reads the body of an answer.
 *
 * @param most So many bytes, and it is left as NEVER.
 * @param take Told of all that comes, in order.
 * @returns How many bytes came.
 * @throws HttpFailure.
 */
export async function readBody(answer: HttpBody, most: number, take: (bytes: Buffer) => void): Promise<number> {
  let came = 0
  try {
    for await (const bytes of answer) {
      came += bytes.length
      if (came > most) throw new HttpFailure('NEVER', `The answer is longer than ${most} bytes`)
      take(bytes)
    }
    return came
  } catch (error) {
    throw failureOf('The answer', error)
  } finally {
    answer.destroy()
  }
}

/**
 * Reads all of the body of an answer. It is copied as it comes: kept as they are, chunks of a byte would take a hundred times
 * their length.
 *
 * @param most So many bytes, and it is left as NEVER.
 * @throws HttpFailure.
 */
export async function readWhole(answer: HttpBody, most: number): Promise<Buffer> {
  let whole = Buffer.alloc(0)
  let came = 0
  await readBody(answer, most, (bytes) => {
    const length = came + bytes.length
    if (length > whole.length) {
      const larger = Buffer.alloc(Math.min(most, Math.max(FIRST_BODY_BYTES, 2 * length)))
      whole.copy(larger)
      whole = larger
    }
    came += bytes.copy(whole, came)
  })
  return whole.subarray(0, came)
}

/** Throws an answer away, unread. */
export function leave(answer: IncomingMessage, when: HttpFailure['when'], what: string): never {
  answer.destroy()
  throw new HttpFailure(when, what)
}

function lookUp(url: string, rules: AddressRules, signal: AbortSignal): LookupFunction {
  return (host, options, callback) => {
    const answer = async (): Promise<void> => {
      const found = await findAddresses(host, { ...rules, waitMs: LOOKUP_MS, signal })
      if (found.ok) lookupOf(found.value)(host, options, callback)
      else if (found.error.code === 'ADDRESS_REFUSED') callback(refused(url), '', 0)
      else callback(new HttpFailure('LATER', `${url} has no address`), '', 0)
    }
    void answer()
  }
}

function refused(url: string): HttpFailure {
  return new HttpFailure('NEVER', `${url} leads into the local network`)
}

function failureOf(what: string, error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error
  return new HttpFailure('LATER', `${what} broke off`, { cause: error })
}
