import { describe, expect, test } from 'vitest'
import type { RunId } from '../../src/domain/archive.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import type { NodeCommand } from '../../src/domain/node-commands.ts'
import type { CheckpointSigned, NodeEvent, NodeStarted } from '../../src/domain/node-events.ts'
import { decideNode, evolveNode, newNode, type NodeState } from '../../src/domain/node.ts'
import { ok } from '../../src/domain/result.ts'
import { runId } from '../support/community-facts.ts'

function nodeStarted(id: RunId): NodeStarted {
  return { type: 'NodeStarted', data: { runId: id, version: '1.0.0', lastSeenAt: null } }
}
const nodeStopped = { type: 'NodeStopped', data: { runId: runId(1) } } as const
const down = { type: 'TorrentClientDown', data: { exitCode: null, signal: 'SIGSEGV' } } as const

function nodeAfter(...facts: readonly NodeEvent[]): NodeState {
  return facts.reduce(evolveNode, newNode)
}

function checkpointOf(size: number): CheckpointSigned['data'] {
  return { size, root: 'aa', link: 'bb', publicKey: 'cc', signature: 'dd' }
}

interface Cell {
  readonly before: readonly NodeEvent[]
  readonly wish: NodeCommand
  readonly facts: readonly NodeEvent[]
}

const started = nodeStarted(runId(1))
const start = { type: 'RecordNodeStarted', ...started.data } as const
const goDown = { type: 'RecordTorrentClientDown', ...down.data } as const
const enabled = { type: 'ProtocolEnabled', data: {} } as const
const disabled = { type: 'ProtocolDisabled', data: {} } as const
const online = { type: 'NodeWentOnline', data: {} } as const
const offline = { type: 'NodeWentOffline', data: {} } as const
const up = { type: 'TorrentClientUp', data: {} } as const

const restored = { type: 'LogRestored', data: { incarnation: 'a', clockFloor: 5 as Clock } } as const
const restore = { type: 'RecordLogRestored', ...restored.data } as const

const sign = { type: 'RecordCheckpointSigned', checkpoint: checkpointOf(7) } as const
const signed = { type: 'CheckpointSigned', data: checkpointOf(7) } as const

const cells: readonly Cell[] = [
  { before: [], wish: sign, facts: [signed] },
  { before: [signed], wish: sign, facts: [] },
  { before: [{ ...signed, data: checkpointOf(6) }], wish: sign, facts: [signed] },
  // Another wish was faster.
  { before: [{ ...signed, data: checkpointOf(8) }], wish: sign, facts: [] },
  { before: [], wish: restore, facts: [restored] },
  { before: [restored], wish: restore, facts: [] },
  // No clock of before is lost with a clock that was set back.
  {
    before: [restored],
    wish: { ...restore, incarnation: 'b', clockFloor: 4 as Clock },
    facts: [{ type: 'LogRestored', data: { incarnation: 'b', clockFloor: 5 as Clock } }],
  },
  { before: [], wish: start, facts: [started] },
  { before: [started], wish: start, facts: [] },
  // The run before ended without a goodbye.
  { before: [nodeStarted(runId(2))], wish: start, facts: [started] },
  { before: [started], wish: { type: 'RecordNodeStopped' }, facts: [nodeStopped] },
  { before: [], wish: { type: 'RecordNodeStopped' }, facts: [] },
  { before: [started, nodeStopped], wish: { type: 'RecordNodeStopped' }, facts: [] },
  { before: [], wish: { type: 'EnableProtocol' }, facts: [] },
  { before: [disabled], wish: { type: 'EnableProtocol' }, facts: [enabled] },
  { before: [], wish: { type: 'DisableProtocol' }, facts: [disabled] },
  { before: [disabled], wish: { type: 'DisableProtocol' }, facts: [] },
  { before: [disabled, enabled], wish: { type: 'DisableProtocol' }, facts: [disabled] },
  { before: [], wish: { type: 'SetOnline', online: true }, facts: [] },
  { before: [], wish: { type: 'SetOnline', online: false }, facts: [offline] },
  { before: [offline], wish: { type: 'SetOnline', online: false }, facts: [] },
  { before: [offline], wish: { type: 'SetOnline', online: true }, facts: [online] },
  { before: [], wish: goDown, facts: [down] },
  { before: [down], wish: goDown, facts: [] },
  { before: [], wish: { type: 'RecordTorrentClientUp' }, facts: [] },
  { before: [down], wish: { type: 'RecordTorrentClientUp' }, facts: [up] },
  { before: [down, up], wish: goDown, facts: [down] },
  // A new process begins with a torrent client of its own.
  { before: [down, started], wish: { type: 'RecordTorrentClientUp' }, facts: [] },
  // The switches outlast the process.
  { before: [disabled, offline, started], wish: { type: 'DisableProtocol' }, facts: [] },
  { before: [disabled, offline, started], wish: { type: 'SetOnline', online: false }, facts: [] },
]

describe('the node', () => {
  test.each(cells)('after $before, $wish leads to $facts', ({ before, wish, facts }) => {
    expect(decideNode(wish, nodeAfter(...before))).toEqual(ok(facts))
  })
})
