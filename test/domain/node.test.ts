import { describe, expect, test } from 'vitest'
import type { RunId } from '../../src/domain/archive.ts'
import type { NodeCommand } from '../../src/domain/commands.ts'
import type { NodeEvent, NodeStarted } from '../../src/domain/events.ts'
import { decideNode, evolveNode, newNode, type NodeState } from '../../src/domain/node.ts'
import { runId } from '../support/community-facts.ts'

function nodeStarted(id: RunId): NodeStarted {
  return { type: 'NodeStarted', data: { runId: id, version: '1.0.0', lastSeenAt: null } }
}
const nodeStopped = { type: 'NodeStopped', data: { runId: runId(1) } } as const
const down = { type: 'TorrentClientDown', data: { exitCode: null, signal: 'SIGSEGV' } } as const

function nodeAfter(...facts: readonly NodeEvent[]): NodeState {
  return facts.reduce(evolveNode, newNode)
}

interface Cell {
  readonly given: readonly NodeEvent[]
  readonly when: NodeCommand
  readonly then: readonly NodeEvent[]
}

const started = nodeStarted(runId(1))
const start = { type: 'RecordNodeStarted', ...started.data } as const
const goDown = { type: 'RecordTorrentClientDown', ...down.data } as const
const enabled = { type: 'ProtocolEnabled', data: {} } as const
const disabled = { type: 'ProtocolDisabled', data: {} } as const
const online = { type: 'NodeWentOnline', data: {} } as const
const offline = { type: 'NodeWentOffline', data: {} } as const
const up = { type: 'TorrentClientUp', data: {} } as const

const cells: readonly Cell[] = [
  { given: [], when: start, then: [started] },
  { given: [started], when: start, then: [] },
  // The run before ended without a goodbye.
  { given: [nodeStarted(runId(2))], when: start, then: [started] },
  { given: [started], when: { type: 'RecordNodeStopped' }, then: [nodeStopped] },
  { given: [], when: { type: 'RecordNodeStopped' }, then: [] },
  { given: [started, nodeStopped], when: { type: 'RecordNodeStopped' }, then: [] },
  { given: [], when: { type: 'EnableProtocol' }, then: [] },
  { given: [disabled], when: { type: 'EnableProtocol' }, then: [enabled] },
  { given: [], when: { type: 'DisableProtocol' }, then: [disabled] },
  { given: [disabled], when: { type: 'DisableProtocol' }, then: [] },
  { given: [disabled, enabled], when: { type: 'DisableProtocol' }, then: [disabled] },
  { given: [], when: { type: 'SetOnline', online: true }, then: [] },
  { given: [], when: { type: 'SetOnline', online: false }, then: [offline] },
  { given: [offline], when: { type: 'SetOnline', online: false }, then: [] },
  { given: [offline], when: { type: 'SetOnline', online: true }, then: [online] },
  { given: [], when: goDown, then: [down] },
  { given: [down], when: goDown, then: [] },
  { given: [], when: { type: 'RecordTorrentClientUp' }, then: [] },
  { given: [down], when: { type: 'RecordTorrentClientUp' }, then: [up] },
  { given: [down, up], when: goDown, then: [down] },
  // A new process begins with a torrent client of its own.
  { given: [down, started], when: { type: 'RecordTorrentClientUp' }, then: [] },
  // The switches outlast the process.
  { given: [disabled, offline, started], when: { type: 'DisableProtocol' }, then: [] },
  { given: [disabled, offline, started], when: { type: 'SetOnline', online: false }, then: [] },
]

describe('the node', () => {
  test.each(cells)('given $given.*.type, when $when, then $then.*.type', (cell) => {
    expect(decideNode(cell.when, nodeAfter(...cell.given))).toEqual(cell.then)
  })
})
