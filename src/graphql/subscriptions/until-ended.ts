import type { GraphqlContext } from '../context.ts'
import type { StreamSource } from '../transport/guarded-stream.ts'

/** A source that is over once its caller may no longer speak: at once, also while it waits. */
export function untilEnded<Item>(
  source: StreamSource<Item>,
  { caller, logFault, operation }: Pick<GraphqlContext, 'caller' | 'logFault' | 'operation'>,
): StreamSource<Item> {
  const ended = caller?.ended ?? null
  if (ended === null) return source

  function stop(): void {
    source.release().catch((fault: unknown) => logFault(fault, operation.correlationId))
  }

  ended.addEventListener('abort', stop)
  return {
    pull: async () => {
      const item = ended.aborted ? undefined : await source.pull()
      return ended.aborted ? undefined : item
    },
    release: async () => {
      ended.removeEventListener('abort', stop)
      await source.release()
    },
  }
}
