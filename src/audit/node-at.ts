import type { KnownTokens, TokenId } from '../domain/access-token.ts'
import type { Grant } from '../domain/access.ts'
import type { NodeEvent } from '../domain/node-events.ts'
import { evolveNode, newNode, type NodeState } from '../domain/node.ts'
import { keysIn, valueIn } from '../domain/shared-map.ts'
import type { UnixMillis } from '../domain/time.ts'

/** The node as a whole as it was at a moment, as far as it was recorded by then. Flat, as `CommunityAt`. */
export interface NodeAt extends Omit<NodeState, 'runId' | 'tokens'> {
  /** Whether a process ran; one that died without notice counts as running until the next one begins. */
  readonly isRunning: boolean
  /** Of the process that began last. */
  readonly version: string | null
  readonly startedAt: UnixMillis | null
  /** When it said goodbye; null where it has not. */
  readonly stoppedAt: UnixMillis | null
  readonly checkpointAt: UnixMillis | null
  readonly restoredAt: UnixMillis | null
  /** Those that were not revoked, also where they had expired. */
  readonly tokens: readonly TokenAt[]
}

/** What whoever has a token may do. */
export interface TokenAt extends Grant {
  readonly tokenId: TokenId
  readonly expiresAt: UnixMillis | null
}

/** The past of the node, event by event. */
export interface NodeFold {
  /** Takes in the next event of its stream. */
  readonly apply: (event: NodeEvent, recordedAt: UnixMillis) => void
  readonly state: () => NodeAt
}

type Beside = Pick<NodeAt, 'version' | 'startedAt' | 'stoppedAt' | 'checkpointAt' | 'restoredAt'>

/** Begins before the first event. */
export function createNodeFold(): NodeFold {
  let node = newNode
  let beside: Beside = { version: null, startedAt: null, stoppedAt: null, checkpointAt: null, restoredAt: null }
  return {
    apply(event, recordedAt) {
      node = evolveNode(node, event)
      beside = besideAfter(beside, event, recordedAt)
    },
    state() {
      const { runId, tokens, ...known } = node
      const isRunning = runId !== null
      // It is a child of the process, and ends with it.
      return {
        isRunning,
        ...known,
        torrentClient: isRunning ? known.torrentClient : 'DOWN',
        ...beside,
        tokens: goodOf(tokens),
      }
    },
  }
}

/** In the order of their ids, so that equal states are told alike. */
function goodOf(tokens: KnownTokens): readonly TokenAt[] {
  const good: TokenAt[] = []
  for (const tokenId of [...keysIn(tokens)].toSorted()) {
    const token = valueIn(tokens, tokenId)
    if (token === undefined || token.isRevoked) continue
    const { role, communityIds, expiresAt } = token
    good.push({ tokenId, role, communityIds, expiresAt })
  }
  return good
}

function besideAfter(beside: Beside, event: NodeEvent, recordedAt: UnixMillis): Beside {
  switch (event.type) {
    case 'NodeStarted':
      return { ...beside, version: event.data.version, startedAt: recordedAt, stoppedAt: null }
    case 'NodeStopped':
      return { ...beside, stoppedAt: recordedAt }
    case 'CheckpointSigned':
      return { ...beside, checkpointAt: recordedAt }
    case 'LogRestored':
      return { ...beside, restoredAt: recordedAt }
    default:
      return beside
  }
}
