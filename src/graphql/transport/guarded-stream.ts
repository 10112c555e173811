import type { GraphqlContext } from '../context.ts'
import { maskFault } from './mask-fault.ts'

/** Where the items of a subscription come from. */
export interface StreamSource<Item> {
  /** Waits for the next item; undefined at the end. */
  readonly pull: () => Promise<Item | undefined>
  /** Lets go of everything, and ends a `pull` that waits. */
  readonly release: () => Promise<void>
}

/**
 * The stream of a subscription: pulls nothing ahead, and releases its source once, whoever ends it.
 *
 * A generator would not do: it answers `return` only after the item that it waits for. A fault ends
 * the stream and is told to the node's own log; the client sees it masked.
 */
export function guardStream<Item>(
  { pull, release }: StreamSource<Item>,
  { logFault, operation, watch }: Pick<GraphqlContext, 'logFault' | 'operation' | 'watch'>,
): AsyncIterableIterator<Item, undefined> {
  const over = watch?.subscribed(operation)
  let ended = false

  async function end(): Promise<IteratorReturnResult<undefined>> {
    if (!ended) {
      ended = true
      over?.()
      await release()
    }
    return { done: true, value: undefined }
  }

  async function next(): Promise<IteratorResult<Item, undefined>> {
    if (ended) return { done: true, value: undefined }
    const item = await pull()
    return item === undefined || ended ? end() : { done: false, value: item }
  }

  async function fail(fault: unknown): Promise<never> {
    logFault(fault, operation.correlationId)
    await end()
    throw maskFault(fault, operation.correlationId)
  }

  return {
    next: async () => next().catch(fail),
    return: end,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
