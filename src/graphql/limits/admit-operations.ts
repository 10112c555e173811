import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { DocumentNode, GraphQLError } from 'graphql'
import { reasonOfEnd } from '../transport/caller-end.ts'
import type { AskedContext } from '../transport/server-context.ts'
import type { CallerLimits } from './caller-limits.ts'
import { limitError, rateLimitError } from './limit-error.ts'
import { costOf } from './query-limits.ts'

/** What an operation may cost at the price of one. */
const COST_OF_ONE = 1_000

/**
 * Lets operations pass that their caller may still ask for, on all transports: what they cost, and how many subscriptions
 * it has. That it asks at all was counted when it came in.
 */
export function admitOperations(callers: CallerLimits): Plugin<AskedContext> {
  return {
    onExecute: async ({ args: { document, contextValue }, setResultAndStopExecution }) => {
      const refused = await refusalOf(callers, document as DocumentNode, contextValue)
      if (refused !== null) setResultAndStopExecution({ errors: [refused] })
    },
    onSubscribe: async ({ args, subscribeFn, setSubscribeFn, setResultAndStopExecution }) => {
      const { asking } = args.contextValue as AskedContext
      const refused = await refusalOf(callers, args.document as DocumentNode, { asking })
      if (refused !== null) return setResultAndStopExecution({ errors: [refused] })
      setSubscribeFn(async (given) => {
        const letGo = callers.holdSubscription(asking)
        if (letGo === null) return { errors: [tooManySubscriptions()] }
        let isStreaming = false
        try {
          const result: unknown = await subscribeFn(given)
          isStreaming = isAsyncIterable(result)
          return isAsyncIterable(result) ? heldStream(result, letGo) : result
        } finally {
          if (!isStreaming) letGo()
        }
      })
    },
  }
}

async function refusalOf(
  callers: CallerLimits,
  document: DocumentNode,
  { asking }: Pick<AskedContext, 'asking'>,
): Promise<GraphQLError | null> {
  const ended = asking.caller?.ended
  if (ended?.aborted === true) return limitError('UNAUTHENTICATED', reasonOfEnd(ended), { status: 401 })
  const points = Math.floor(costOf(document) / COST_OF_ONE)
  const waitSeconds = points === 0 ? 0 : await callers.spend(asking, points)
  return waitSeconds === 0 ? null : rateLimitError(waitSeconds)
}

function tooManySubscriptions(): GraphQLError {
  const advice = 'End one before you begin another.'
  return limitError('TOO_MANY_SUBSCRIPTIONS', `You have too many subscriptions. ${advice}`, {
    status: 429,
    headers: { 'Retry-After': '10' },
  })
}

/** The same stream, and lets go once it is over, whoever ends it and however. */
function heldStream(source: AsyncIterable<unknown>, letGo: () => void): AsyncIterableIterator<unknown> {
  const iterator = source[Symbol.asyncIterator]()
  return {
    next: async () => {
      try {
        const result = await iterator.next()
        if (result.done === true) letGo()
        return result
      } catch (fault) {
        letGo()
        throw fault
      }
    },
    return: async () => {
      letGo()
      return (await iterator.return?.()) ?? { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
