import type { Plugin } from 'graphql-yoga'
import type { GraphqlPorts } from '../context.ts'
import { startOperation } from '../operation.ts'
import type { ServerContext } from './server-context.ts'

/**
 * Tells the node's own log of what is thrown around Yoga, such as by a plugin before it, and masks it: the adapter
 * that Yoga runs in answers with the stack of whatever it catches.
 */
export function outerFaults({ logFault }: Pick<GraphqlPorts, 'logFault'>): Plugin<object, ServerContext> {
  return {
    instrumentation: {
      request: async ({ request }, handle) => {
        try {
          await handle()
        } catch (fault) {
          logFault(fault, startOperation('HTTP', Object.fromEntries(request.headers)).correlationId)
          throw masked()
        }
      },
    },
  }
}

/** What the adapter makes an answer of: the status, and the text, which is the stack where there is one. */
function masked(): Error & { readonly status: number } {
  return Object.assign(new Error('Unexpected error.'), { stack: 'Unexpected error.\n', status: 500 })
}
