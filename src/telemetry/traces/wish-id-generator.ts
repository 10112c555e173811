import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace'

/** The ids of the span that is begun next, where they are not to be random. */
export interface NextIds {
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** Gives the next span the ids that it is to have. Spans are begun in one call each, so nobody comes in between. */
export class WishIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #next: NextIds = { traceId: undefined, spanId: undefined }

  /** @param begin Begins one span. */
  with<Span>(next: NextIds, begin: () => Span): Span {
    this.#next = next
    try {
      return begin()
    } finally {
      this.#next = { traceId: undefined, spanId: undefined }
    }
  }

  generateTraceId(): string {
    return this.#next.traceId ?? this.#random.generateTraceId()
  }

  generateSpanId(): string {
    return this.#next.spanId ?? this.#random.generateSpanId()
  }
}
