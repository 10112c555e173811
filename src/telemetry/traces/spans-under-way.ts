import type { CorrelationId, EventMeta } from '../../events/recorded-event.ts'
import type { SpanPlace } from './tracer.ts'

/** Where the spans are that others become children of before anything is recorded of them. */
export class SpansUnderWay {
  readonly #operations = new Map<CorrelationId, SpanPlace>()
  readonly #commands = new WeakMap<EventMeta, SpanPlace>()

  /** An operation is carried out: commands of the same wish are its children. @returns To be called when it is over. */
  operationBegan(correlationId: CorrelationId, place: SpanPlace): () => void {
    this.#operations.set(correlationId, place)
    return () => {
      // A client may have sent another under the same id meanwhile.
      if (this.#operations.get(correlationId) === place) this.#operations.delete(correlationId)
    }
  }

  operationOf(correlationId: CorrelationId): SpanPlace | null {
    return this.#operations.get(correlationId) ?? null
  }

  /** @param meta As it is given on to the append. */
  commandBegan(meta: EventMeta, place: SpanPlace): void {
    this.#commands.set(meta, place)
  }

  commandOf(meta: EventMeta): SpanPlace | null {
    return this.#commands.get(meta) ?? null
  }
}
