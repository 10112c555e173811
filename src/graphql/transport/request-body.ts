import type { Plugin } from 'graphql-yoga'
import type { IncomingMessage } from 'node:http'
import type { GraphQLError } from 'graphql'
import { createJsonOutline, JSON_FAULTS } from '../limits/json-outline.ts'
import type { CallerLimits } from '../limits/caller-limits.ts'
import { limitError, rateLimitError } from '../limits/limit-error.ts'
import { pointsOfText } from '../limits/query-text.ts'
import type { BodyBudget, BodyShare } from './body-budget.ts'
import { classOf, type CallerClass } from './caller-class.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { letSendOn } from './refuse.ts'
import { parseParams, paramsOfUrl } from './request-params.ts'
import type { ServerContext } from './server-context.ts'
import type { BodyLimits } from './transport-limits.ts'

/** After so long other bodies may have been read. */
const RETRY_AFTER_SECONDS = 5

/**
 * Reads the parameters of requests in place of Yoga, whose limit is the same for everybody, and which reads all of a body
 * before it looks at any of it.
 */
export function requestBody(
  limits: Readonly<Record<CallerClass, BodyLimits>>,
  budget: BodyBudget,
  callers: Pick<CallerLimits, 'spend'>,
): Plugin<object> {
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      setRequestParser(async () => {
        if (request.method !== 'POST') return paramsOfUrl(request.url)
        const context = serverContext as unknown as ServerContext
        const share = budget()
        // What was read is kept in memory until it is answered.
        context.res.once('close', share.release)
        const params = parseParams(await readBody(context, limits, share))
        const points = pointsOfText(params.query)
        const waitSeconds = points === 0 ? 0 : await callers.spend(context.asking, points)
        if (waitSeconds > 0) throw rateLimitError(waitSeconds)
        return params
      })
    },
  }
}

async function readBody(
  { req, res, asking }: ServerContext,
  limits: Readonly<Record<CallerClass, BodyLimits>>,
  share: BodyShare,
): Promise<Buffer> {
  const kind = classOf(asking.caller)
  const { maxBytes, maxMs } = limits[kind]
  const declared = Number(req.headers['content-length'] ?? 0)
  if (declared > maxBytes) {
    // Who waits for "100 Continue" does not say whether the body follows all the same.
    if (req.headers.expect !== undefined) res.setHeader('Connection', 'close')
    letSendOn(req)
    throw tooLong(maxBytes)
  }
  if (req.headers.expect !== undefined) res.writeContinue()
  const outline = createJsonOutline()
  let bytes = 0
  return receive(req, maxMs, (chunk) => {
    bytes += chunk.length
    if (bytes > maxBytes) return tooLong(maxBytes)
    // What is only announced takes no room from who sends.
    if (!share.take(kind, chunk.length)) return busy()
    const fault = outline.read(chunk)
    return fault === null ? null : limitError(fault, JSON_FAULTS[fault], { status: 400 })
  })
}

/** Takes what comes in until it is whole, or until `check` refuses it, or the time is over. */
async function receive(
  req: IncomingMessage,
  maxMs: number,
  check: (chunk: Buffer) => GraphQLError | null,
): Promise<Buffer> {
  const received = new GrowingBuffer()
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      req.off('data', take).off('end', end).off('close', leave)
    }
    const refuse = (refused: GraphQLError): void => {
      stop()
      letSendOn(req)
      reject(refused)
    }
    const take = (chunk: Buffer): void => {
      received.append(chunk)
      const refused = check(chunk)
      if (refused !== null) refuse(refused)
    }
    const end = (): void => {
      stop()
      resolve(received.whole())
    }
    const leave = (): void =>
      refuse(limitError('BAD_REQUEST', 'The request ended before its body did.', { status: 400 }))
    const timer = setTimeout(() => {
      refuse(limitError('REQUEST_TIMEOUT', `A body may take ${maxMs / 1000} s to come in.`, { status: 408 }))
    }, maxMs)
    req.on('data', take).once('end', end).once('close', leave)
  })
}

function tooLong(maxBytes: number): GraphQLError {
  const advice = 'Send less at a time, or a token that may operate.'
  return limitError('REQUEST_TOO_LONG', `A request may have ${maxBytes} bytes. ${advice}`, { status: 413 })
}

function busy(): GraphQLError {
  const message = `Too much is being sent at the same time: send it again in ${RETRY_AFTER_SECONDS} s.`
  return limitError('BUSY', message, { status: 503, headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } })
}
