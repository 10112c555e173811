import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { isAsyncIterable, type FetchAPI, type Plugin } from 'graphql-yoga'
import type { GraphQLFormattedError } from 'graphql'
import type { GraphqlPorts } from '../context.ts'
import type { HttpAnswer } from '../limits/limit-error.ts'
import type { Operation } from '../operation.ts'
import { whenEnded } from './caller-end.ts'
import type { ServerContext } from './server-context.ts'

/** Refusals of who asks, and not of what is asked. */
const REFUSED: ReadonlySet<number> = new Set([401, 408, 413, 429, 503])

/** So that proxies and clients see that a quiet stream is alive. */
const PING_MS = 12_000

interface Result {
  readonly data?: unknown
  readonly errors?: readonly {
    readonly extensions?: Readonly<Record<string, unknown>>
    toJSON?: () => GraphQLFormattedError
  }[]
}

/** The streams that are open, so that a server that stops can end them. */
export interface ServerSentEvents {
  readonly plugin: Plugin<object, ServerContext>
  /** Ends all streams; clients come back with what they received last. */
  endAll(): void
}

/**
 * Server-sent events in the form of the GraphQL over SSE protocol ("distinct connections mode"), with the
 * cursor of each event as its `id:`, which a browser sends back as Last-Event-ID.
 *
 * The next result is pulled when the client has taken the one before it.
 * @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export function createServerSentEvents({ logFault }: Pick<GraphqlPorts, 'logFault'>): ServerSentEvents {
  const open = new Map<Readable, ServerResponse>()
  const end = (stream: Readable, res: ServerResponse): void => {
    stream.destroy()
    // The adapter does not see a stream that is destroyed, and would hold the connection open.
    res.end()
    res.socket?.destroySoon()
  }
  return {
    plugin: {
      onResultProcess({ request, result, serverContext, setResultProcessor }) {
        const accept = request.headers.get('accept') ?? ''
        if (!accept.includes('text/event-stream') || (accept.includes('json') && !isAsyncIterable(result))) return
        setResultProcessor((results, fetchAPI) => {
          const { operation, asking, res } = serverContext
          const stream = streamOf(isAsyncIterable(results) ? results : once(results), operation, (fault) => {
            logFault(fault, operation.correlationId)
          })
          open.set(stream, res)
          const goesOn = whenEnded(asking.caller, () => end(stream, res))
          stream.once('close', () => {
            open.delete(stream)
            goesOn()
          })
          // The adapter waits for a client that reads, and does not see it go meanwhile.
          res.once('close', () => stream.destroy())
          return respond(stream, fetchAPI, isAsyncIterable(results) ? {} : httpOf(results as Result))
        }, 'text/event-stream')
      },
    },
    endAll: () => {
      for (const [stream, res] of open) end(stream, res)
    },
  }
}

function respond(stream: Readable, { Response }: FetchAPI, { status = 200, headers }: Partial<HttpAnswer>): Response {
  const sse = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }
  return new Response(stream as unknown as BodyInit, { status, headers: { ...sse, ...headers } })
}

/** An EventSource comes back again and again unless the status says that it should not. What a query did wrong is answered. */
function httpOf(result: Result): Partial<HttpAnswer> {
  const [http] = result.errors?.map(({ extensions }) => extensions?.['http'] as Partial<HttpAnswer> | undefined) ?? []
  return http !== undefined && REFUSED.has(http.status ?? 200) ? http : {}
}

async function* once(result: unknown): AsyncGenerator<unknown, undefined> {
  yield result
}

function streamOf(results: AsyncIterable<unknown>, operation: Operation, onFault: (fault: unknown) => void): Readable {
  const iterator = results[Symbol.asyncIterator]()
  let isPulling = false

  async function pull(): Promise<void> {
    const { done, value } = await iterator.next()
    isPulling = false
    if (stream.destroyed) return
    stream.push(done === true ? 'event: complete\ndata:\n\n' : formatEvent(value as Result, operation.delivered))
    if (done === true) stream.push(null)
  }

  async function release(): Promise<void> {
    await iterator.return?.()
  }

  const stream = new Readable({
    highWaterMark: 0,
    read: () => {
      // A ping that was taken asks for more too. Pulled twice, a result would go out under the next one's cursor.
      if (isPulling) return
      isPulling = true
      pull().catch((fault: unknown) => {
        onFault(fault)
        stream.destroy()
      })
    },
    destroy: (_fault, done) => {
      clearInterval(ping)
      // Ends a subscription that waits for its next event.
      release().catch(onFault)
      done(null)
    },
  })
  const ping = setInterval(() => {
    // A client that is behind hears enough.
    if (stream.readableLength === 0) stream.push(':\n\n')
  }, PING_MS)
  stream.push(':\n\n')
  return stream
}

function formatEvent({ data, errors }: Result, cursor: string | null): string {
  const shown = errors?.map((error) => withoutInternals(error.toJSON?.() ?? (error as GraphQLFormattedError)))
  const text = JSON.stringify({ ...(data !== undefined && { data }), ...(shown && { errors: shown }) })
  return `${cursor === null ? '' : `id: ${cursor}\n`}event: next\ndata: ${text}\n\n`
}

/** Extensions that tell the HTTP layer what to do are not for clients. */
function withoutInternals(error: GraphQLFormattedError): GraphQLFormattedError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions ?? {}
  return { ...error, extensions }
}
