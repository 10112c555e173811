import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type SpanContext } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { hideSecrets } from '../log/hide-secrets.ts'
import { tellOnce } from './tell-once.ts'
import { traceIdOf, type OpenSpan, type SpanPlace, type SpanStart, type Tracer } from './tracer.ts'
import { WishIdGenerator } from './wish-id-generator.ts'

export interface OtlpTracerOptions {
  /** A collector's base URL, without a final slash. */
  readonly endpoint: string
  readonly version: string
  /** Tells this log from all others. */
  readonly instanceId: string
  readonly log: { warn(details: object, text: string): void; info(details: object, text: string): void }
  /** How long spans are gathered before they are sent. */
  readonly gatherMs?: number
  /** How long a batch may take to be sent, repetitions included. */
  readonly exportMs?: number
}

const GATHER_MS = 2_000
/** For one batch, repetitions included: a stop may have to wait for it. */
const EXPORT_MS = 1_500
/** So many wait to be sent. More are lost: a collector that is down costs no more memory than that. */
const MOST_WAITING = 8_192
/** As many as commands share an append. */
const MOST_LINKS = 256

/**
 * Sends spans to an OpenTelemetry collector, OTLP over HTTP, in the background. Headers come from OTEL_EXPORTER_OTLP_HEADERS.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function createOtlpTracer(options: OtlpTracerOptions): Tracer {
  const ids = new WishIdGenerator()
  const provider = createProvider(options, ids)
  const tracer = provider.getTracer('seedbank', options.version)
  return {
    begin(start) {
      const context = start.parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(start.parent)) : ROOT_CONTEXT
      const traceId = start.correlationId === null ? undefined : traceIdOf(start.correlationId)
      const span = ids.with({ traceId, spanId: start.spanId }, () =>
        tracer.startSpan(start.name, about(start), context),
      )
      return {
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        end(attributes, fault) {
          if (attributes !== undefined) span.setAttributes(attributes)
          if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: textOf(fault) })
          span.end()
        },
      } satisfies OpenSpan
    },
    async stop() {
      // What could not be sent was told already.
      await provider.shutdown().catch(() => undefined)
    },
  }
}

function createProvider(options: OtlpTracerOptions, idGenerator: WishIdGenerator): TracerProvider {
  const { endpoint, version, instanceId, log, gatherMs = GATHER_MS, exportMs = EXPORT_MS } = options
  const url = `${endpoint}/v1/traces`
  const exporter = tellOnce(
    new OTLPTraceExporter({ url, timeoutMillis: exportMs }),
    (err) => log.warn({ err, url }, 'Traces do not arrive, and are lost until they do'),
    () => log.info({ url }, 'Traces arrive again'),
  )
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: 'seedbank',
    [ATTR_SERVICE_VERSION]: version,
    [ATTR_SERVICE_INSTANCE_ID]: instanceId,
  })
  return new TracerProvider({
    resource: defaultResource().merge(resource),
    idGenerator,
    // Whether a wish is traced must be the same for what it leads to later: all of them are.
    sampler: new AlwaysOnSampler(),
    spanLimits: { linkCountLimit: MOST_LINKS },
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: gatherMs, maxQueueSize: MOST_WAITING })],
  })
}

function about({
  kind,
  links,
  attributes,
  startedAt,
}: SpanStart): Parameters<ReturnType<TracerProvider['getTracer']>['startSpan']>[1] {
  return {
    kind: kind === 'SERVER' ? SpanKind.SERVER : SpanKind.INTERNAL,
    ...(links && { links: links.map((place) => ({ context: contextOf(place) })) }),
    ...(attributes && { attributes }),
    ...(startedAt !== undefined && { startTime: startedAt }),
  }
}

/** No stack: the log has it, under the same correlation id. */
function textOf(fault: unknown): string {
  return hideSecrets(fault instanceof Error ? fault.message : String(fault))
}

function contextOf({ traceId, spanId }: SpanPlace): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
}
