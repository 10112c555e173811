import type { RunId } from './archive.ts'
import type { NodeCommand } from './node-commands.ts'
import type { NodeEvent } from './node-events.ts'

/** All that deciding about the node as a whole needs to remember. */
export interface NodeState {
  /** The process that runs; null when it said goodbye. */
  readonly runId: RunId | null
  readonly protocol: 'ENABLED' | 'DISABLED'
  readonly network: 'ONLINE' | 'OFFLINE'
  readonly torrentClient: 'UP' | 'DOWN'
}

/** Before the first event: archiving is on, and the network may be used. */
export const newNode: NodeState = { runId: null, protocol: 'ENABLED', network: 'ONLINE', torrentClient: 'UP' }

/**
 * Decides what a wish about the node leads to. Nothing is ever refused: each wish names the state
 * to be in, and being there already leads to no event.
 */
export function decideNode(command: NodeCommand, node: NodeState): readonly NodeEvent[] {
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
  }
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
    case 'LogRestored':
      // They say something of the log, and nothing of the node.
      return node
  }
}
