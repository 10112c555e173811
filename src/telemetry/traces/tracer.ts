import type { EventId } from '../../events/recorded-event.ts'

/** A span's place among all spans, in hex digits of lower case. */
export interface SpanPlace {
  /** 32 digits: the correlation id without its dashes. */
  readonly traceId: string
  /** 16 digits. */
  readonly spanId: string
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** What is known of a span when it begins. */
export interface SpanStart {
  readonly name: string
  /** SERVER: somebody else asked for it. */
  readonly kind?: 'SERVER' | 'INTERNAL'
  /** Which wish it belongs to; null where it belongs to several: then it begins a trace of its own. */
  readonly correlationId: string | null
  /** What led to it, of the same trace. */
  readonly parent?: SpanPlace | null
  /** Where others can reckon it out; a random one otherwise. */
  readonly spanId?: string
  /** Spans of other traces that it has to do with. */
  readonly links?: readonly SpanPlace[]
  readonly attributes?: Attributes
  /** Now, where it is left out; in Unix milliseconds. */
  readonly startedAt?: number
}

/** A span that has begun. */
export interface OpenSpan extends SpanPlace {
  /**
   * Ends it. To be called once.
   *
   * @param fault What broke, where something did: a refusal is none.
   */
  end(attributes?: Attributes, fault?: unknown): void
}

/** Makes spans, and sends them away in its own time: nobody waits for that. */
export interface Tracer {
  begin(start: SpanStart): OpenSpan
  /** Sends what is left, or gives it up within two seconds. */
  stop(): Promise<void>
}

/** All that follows from a wish is one trace, however much later: both names are of 128 bits. */
export function traceIdOf(correlationId: string): string {
  return correlationId.replaceAll('-', '')
}

/**
 * The span of an event. Its place can be told from what is recorded alone, so whatever an event leads to finds its parent after
 * a restart, too.
 */
export function placeOfEvent(correlationId: string, eventId: EventId): SpanPlace {
  // The last 64 bits of a UUIDv7: random but for the two that name its variant, so never all zeros.
  return { traceId: traceIdOf(correlationId), spanId: eventId.replaceAll('-', '').slice(16) }
}
