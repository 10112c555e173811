import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/domain/magnet.ts'
import type { NodeEvent } from '../../src/domain/node-events.ts'
import { readNode, type NodeRow } from '../../src/projections/nodes.ts'
import { runId } from '../support/community-facts.ts'
import { projected, recordedAt } from '../support/projected.ts'

const started: NodeEvent = { type: 'NodeStarted', data: { runId: runId(1), version: '1.2.3', lastSeenAt: null } }
const down: NodeEvent = { type: 'TorrentClientDown', data: { exitCode: 1, signal: null } }
const restored = { type: 'LogRestored', data: { incarnation: 'a', clockFloor: 5 as Clock } } as const
const signed: NodeEvent = {
  type: 'CheckpointSigned',
  data: { size: 7, root: 'aa', link: 'bb', publicKey: 'cc', signature: 'dd' },
}
const fresh: NodeRow = {
  runId: null,
  version: null,
  startedAt: null,
  protocol: 'ENABLED',
  network: 'ONLINE',
  torrentClient: 'UP',
  incarnation: null,
  clockFloor: null,
  checkpointSize: null,
}

describe('the node', () => {
  test.each<{ facts: readonly NodeEvent[]; row: Partial<NodeRow> }>([
    { facts: [], row: {} },
    { facts: [restored], row: restored.data },
    { facts: [signed], row: { checkpointSize: 7 } },
    { facts: [started], row: { runId: runId(1), version: '1.2.3', startedAt: recordedAt(1) } },
    { facts: [started, { type: 'NodeStopped', data: { runId: runId(1) } }], row: { version: '1.2.3' } },
    { facts: [{ type: 'ProtocolDisabled', data: {} }], row: { protocol: 'DISABLED' } },
    {
      facts: [
        { type: 'ProtocolDisabled', data: {} },
        { type: 'ProtocolEnabled', data: {} },
      ],
      row: {},
    },
    { facts: [{ type: 'NodeWentOffline', data: {} }], row: { network: 'OFFLINE' } },
    {
      facts: [
        { type: 'NodeWentOffline', data: {} },
        { type: 'NodeWentOnline', data: {} },
      ],
      row: {},
    },
    { facts: [down], row: { torrentClient: 'DOWN' } },
    { facts: [down, { type: 'TorrentClientUp', data: {} }], row: {} },
    { facts: [down, started], row: { runId: runId(1), version: '1.2.3', startedAt: recordedAt(2) } },
  ])('after $facts is as new, save $row', async ({ facts, row }) => {
    expect(await readNode(await projected(facts))).toEqual({ ...fresh, ...row })
  })
})
