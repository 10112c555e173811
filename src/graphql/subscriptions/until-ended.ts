import type { GraphqlContext } from '../context.ts'
import { whenEnded } from '../transport/caller-end.ts'
import type { StreamSource } from '../transport/guarded-stream.ts'

/** A source that is over once its caller may no longer speak: at once, also while it waits. */
export function untilEnded<Item>(
  source: StreamSource<Item>,
  { caller, logFault, operation }: Pick<GraphqlContext, 'caller' | 'logFault' | 'operation'>,
): StreamSource<Item> {
  let isOver = false

  const forget = whenEnded(caller, () => {
    isOver = true
    source.release().catch((fault: unknown) => logFault(fault, operation.correlationId))
  })

  return {
    pull: async () => {
      const item = isOver ? undefined : await source.pull()
      return isOver ? undefined : item
    },
    release: async () => {
      forget()
      await source.release()
    },
  }
}
