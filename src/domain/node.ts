import { evolveTokens, NO_TOKENS, type KnownTokens } from './access-token.ts'
import type { RunId } from './archive.ts'
import { decideTokens } from './decide-tokens.ts'
import { decideWebhooks } from './decide-webhooks.ts'
import type { Clock } from './magnet.ts'
import type { NodeCommand, RecordLogRestored } from './node-commands.ts'
import type { NodeEvent } from './node-events.ts'
import { ok, type Result } from './result.ts'
import type { TokenCommand } from './token-commands.ts'
import type { TokenRefusal } from './token-refusals.ts'
import type { WebhookCommand } from './webhook-commands.ts'
import type { WebhookRefusal } from './webhook-refusals.ts'
import { evolveWebhooks, type KnownWebhooks } from './webhook.ts'

/** All that deciding about the node as a whole needs to remember. */
export interface NodeState {
  /** The process that runs; null when it said goodbye. */
  readonly runId: RunId | null
  readonly protocol: 'ENABLED' | 'DISABLED'
  readonly network: 'ONLINE' | 'OFFLINE'
  readonly torrentClient: 'UP' | 'DOWN'
  /** Names the log since it was last brought back from a back-up; null where it never was. */
  readonly incarnation: string | null
  /** No clock that this node dispatches is below it, so that none that was lost counts for more; null where nothing was. */
  readonly clockFloor: Clock | null
  /** How many events the newest checkpoint covers; null before the first. */
  readonly checkpointSize: number | null
  readonly tokens: KnownTokens
  readonly webhooks: KnownWebhooks
}

/** Before the first event: archiving is on, and the network may be used. */
export const newNode: NodeState = {
  runId: null,
  protocol: 'ENABLED',
  network: 'ONLINE',
  torrentClient: 'UP',
  incarnation: null,
  clockFloor: null,
  checkpointSize: null,
  tokens: NO_TOKENS,
  webhooks: [],
}

/**
 * Decides what a wish about the node leads to. Only wishes about tokens and webhooks are ever refused: each other
 * names the state to be in, and being there already leads to no event.
 */
export function decideNode(
  command: NodeCommand,
  node: NodeState,
): Result<readonly NodeEvent[], TokenRefusal | WebhookRefusal> {
  switch (command.type) {
    case 'CreateToken':
    case 'RevokeToken':
      return decideTokens(command, node.tokens)
    case 'AddWebhook':
    case 'RemoveWebhook':
      return decideWebhooks(command, node.webhooks)
    default:
      return ok(decideState(command, node))
  }
}

function decideState(
  command: Exclude<NodeCommand, TokenCommand | WebhookCommand>,
  node: NodeState,
): readonly NodeEvent[] {
  switch (command.type) {
    case 'RecordNodeStarted': {
      const { runId, version, lastSeenAt } = command
      return node.runId === runId ? [] : [{ type: 'NodeStarted', data: { runId, version, lastSeenAt } }]
    }
    case 'RecordNodeStopped':
      return node.runId === null ? [] : [{ type: 'NodeStopped', data: { runId: node.runId } }]
    case 'EnableProtocol':
      return node.protocol === 'ENABLED' ? [] : [{ type: 'ProtocolEnabled', data: {} }]
    case 'DisableProtocol':
      return node.protocol === 'DISABLED' ? [] : [{ type: 'ProtocolDisabled', data: {} }]
    case 'SetOnline':
      return decideNetwork(command.online, node)
    case 'RecordTorrentClientDown': {
      const { exitCode, signal } = command
      return node.torrentClient === 'DOWN' ? [] : [{ type: 'TorrentClientDown', data: { exitCode, signal } }]
    }
    case 'RecordTorrentClientUp':
      return node.torrentClient === 'UP' ? [] : [{ type: 'TorrentClientUp', data: {} }]
    case 'RecordLogRestored':
      return decideRestored(command, node)
    case 'RecordCheckpointSigned': {
      // Checkpoints only grow, so that each is the beginning of the next.
      const isNews = node.checkpointSize === null || command.checkpoint.size > node.checkpointSize
      return isNews ? [{ type: 'CheckpointSigned', data: command.checkpoint }] : []
    }
  }
}

/** The floor never sinks, also where it was brought back under a clock that was set back. */
function decideRestored({ incarnation, clockFloor }: RecordLogRestored, node: NodeState): readonly NodeEvent[] {
  if (node.incarnation === incarnation) return []
  const highest = Math.max(node.clockFloor ?? 0, clockFloor) as Clock
  return [{ type: 'LogRestored', data: { incarnation, clockFloor: highest } }]
}

function decideNetwork(online: boolean, { network }: NodeState): readonly NodeEvent[] {
  if (online) return network === 'ONLINE' ? [] : [{ type: 'NodeWentOnline', data: {} }]
  return network === 'OFFLINE' ? [] : [{ type: 'NodeWentOffline', data: {} }]
}

/** The state after one more fact. Never refuses. */
export function evolveNode(node: NodeState, event: NodeEvent): NodeState {
  switch (event.type) {
    case 'NodeStarted':
      // A new process begins with a torrent client of its own, whatever became of the last one.
      return { ...node, runId: event.data.runId, torrentClient: 'UP' }
    case 'NodeStopped':
      return { ...node, runId: null }
    case 'ProtocolEnabled':
      return { ...node, protocol: 'ENABLED' }
    case 'ProtocolDisabled':
      return { ...node, protocol: 'DISABLED' }
    case 'NodeWentOnline':
      return { ...node, network: 'ONLINE' }
    case 'NodeWentOffline':
      return { ...node, network: 'OFFLINE' }
    case 'TorrentClientDown':
      return { ...node, torrentClient: 'DOWN' }
    case 'TorrentClientUp':
      return { ...node, torrentClient: 'UP' }
    case 'CheckpointSigned':
      return { ...node, checkpointSize: event.data.size }
    case 'LogRestored':
      return { ...node, incarnation: event.data.incarnation, clockFloor: event.data.clockFloor }
    case 'TokenCreated':
    case 'TokenRevoked':
      return { ...node, tokens: evolveTokens(node.tokens, event) }
    case 'WebhookAdded':
    case 'WebhookRemoved':
      return { ...node, webhooks: evolveWebhooks(node.webhooks, event) }
  }
}
