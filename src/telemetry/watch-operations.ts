import type { Operation, OperationWatch, Transport } from '../graphql/operation.ts'
import type { DebugLog } from './debug-log.ts'
import type { SpansUnderWay } from './traces/spans-under-way.ts'
import { traceIdOf, type OpenSpan, type SpanPlace, type Tracer } from './traces/tracer.ts'

/** How many subscriptions there are, by the way that they came in. */
export type Subscribers = Record<Transport, number>

export interface OperationWatchPorts {
  readonly subscribers: Subscribers
  readonly log: DebugLog
  /** Null where nothing is traced. */
  readonly tracer: Tracer | null
  readonly spans: SpansUnderWay
}

/** Counts subscribers, and tells and traces what is asked over the API. */
export function createOperationWatch(ports: OperationWatchPorts): OperationWatch {
  const { subscribers, log, tracer, spans } = ports

  function began(operation: Operation, name: string): (outcome: string, isFault: boolean) => void {
    const { correlationId, transport } = operation
    const startedAt = performance.now()
    const span = tracer === null ? null : beginSpan(tracer, operation, name)
    const forget = span === null ? null : spans.operationBegan(correlationId, span)
    return (outcome, isFault) => {
      forget?.()
      span?.end({ outcome }, isFault ? 'A fault: the log has it under the same correlation id' : undefined)
      const ms = Math.round(performance.now() - startedAt)
      log.debug({ operation: name, transport, outcome, ms, correlationId }, 'An operation is over')
    }
  }

  return {
    began(operation, name) {
      const over = began(operation, name)
      return (outcome) => over(outcome.toLowerCase(), outcome === 'FAULT')
    },
    subscribed(operation) {
      const over = began(operation, 'subscription')
      subscribers[operation.transport] += 1
      return () => {
        subscribers[operation.transport] -= 1
        over('over', false)
      }
    },
  }
}

function beginSpan(tracer: Tracer, { correlationId, transport, calledFrom }: Operation, name: string): OpenSpan {
  const isOfTrace = calledFrom?.traceId === traceIdOf(correlationId)
  const links: readonly SpanPlace[] = calledFrom === null || isOfTrace ? [] : [calledFrom]
  const parent = isOfTrace ? calledFrom : null
  return tracer.begin({
    name,
    kind: 'SERVER',
    correlationId,
    parent,
    links,
    attributes: { 'seedbank.transport': transport.toLowerCase() },
  })
}
