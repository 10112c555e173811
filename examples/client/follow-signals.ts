import { setTimeout as wait } from 'node:timers/promises'
import { print } from 'graphql'
import { connect, type Node } from './connect.ts'
import { SIGNALS } from './documents.ts'
import type { SignalsSubscription, SignalsSubscriptionVariables } from './generated/graphql.ts'

/** One signal, with the fields that the document asks for. */
export type Signal = SignalsSubscription['signals']

/**
 * Follows what happens on a node, over WebSocket, for ever: none is lost or repeated, also where the node restarts.
 *
 * @param after The cursor of what was received last, as it was kept; "START" for everything, null for live from now.
 * @param retryMs How long to wait before a lost connection is opened again.
 * @throws When the node refuses the cursor, or its answer has no data.
 */
export async function* followSignals(node: Node, after: string | null, retryMs = 1000): AsyncGenerator<Signal, never> {
  let cursor = after
  for (;;) {
    const client = connect(node)
    try {
      const subscription = { query: print(SIGNALS), variables: { after: cursor } }
      for await (const { data, errors } of client.iterate<SignalsSubscription, SignalsSubscriptionVariables>(
        subscription,
      )) {
        if (data == null) throw new Error(`Cannot follow ${node.url}: it answered ${JSON.stringify(errors)}`)
        cursor = data.signals.cursor
        yield data.signals
      }
    } catch (fault) {
      // A connection that was lost is a close event; whatever else it is, another try would not help.
      if (!isLost(fault)) throw fault
    } finally {
      await client.dispose()
    }
    await wait(retryMs)
  }
}

/** Whether the node was out of reach: 4000 to 4999 are what it says itself, as where it refuses a token. */
function isLost(fault: unknown): boolean {
  if (typeof fault !== 'object' || fault === null || !('code' in fault)) return fault instanceof Event
  return typeof fault.code === 'number' && fault.code < 4000
}
