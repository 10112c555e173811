import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CorrelationId } from '../events/recorded-event.ts'
import { isUuid } from './scalars/scalars.ts'

/** How an operation came in. A subscription over HTTP is sent as server-sent events. */
export type Transport = 'HTTP' | 'WEBSOCKET'

/** The span of another program that asks, as its `traceparent` header names it: hex digits in lower case. */
export interface CallingSpan {
  /** 32 digits, not all of them 0. */
  readonly traceId: string
  /** 16 digits, not all of them 0. */
  readonly spanId: string
}

/** What a transport knows of one operation. */
export interface Operation {
  readonly correlationId: CorrelationId
  readonly transport: Transport
  readonly calledFrom: CallingSpan | null
  /** The cursor that an SSE client received last: wins over `after`. */
  readonly lastEventId: string | null
  /** The cursor of what a subscription delivers at this moment; SSE sends it as `id:`. */
  delivered: string | null
}

/** Counts and traces what is asked. Told of each operation, so it must be cheap. */
export interface OperationWatch {
  /**
   * An operation passed all rules, and is being carried out.
   *
   * @param name Its kind, and the field of the schema that it asks for first.
   * @returns To be called once, when it is over: an error that is no refusal makes it FAULT.
   */
  readonly began: (operation: Operation, name: string) => (outcome: 'OK' | 'FAULT') => void
  /** A subscription began. @returns To be called once, when it is over. */
  readonly subscribed: (operation: Operation) => () => void
}

/**
 * An operation under the client's correlation id, `X-Correlation-Id`, if that is a UUID; else under the trace id of its
 * `traceparent`, which has as many bits; else under a new one.
 */
export function startOperation(transport: Transport, headers: IncomingHttpHeaders): Operation {
  const { 'x-correlation-id': given, 'last-event-id': lastEventId, traceparent } = headers
  const calledFrom = parseTraceparent(traceparent)
  const isGiven = typeof given === 'string' && isUuid(given)
  const correlationId = isGiven ? given.toLowerCase() : calledFrom === null ? randomUUID() : asUuid(calledFrom.traceId)
  return {
    correlationId: correlationId as CorrelationId,
    transport,
    calledFrom,
    lastEventId: transport === 'HTTP' && typeof lastEventId === 'string' ? lastEventId : null,
    delivered: null,
  }
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
function parseTraceparent(header: unknown): CallingSpan | null {
  const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/
  const [, traceId, spanId] = pattern.exec(typeof header === 'string' ? header : '') ?? []
  return traceId === undefined || spanId === undefined ? null : { traceId, spanId }
}

function asUuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
