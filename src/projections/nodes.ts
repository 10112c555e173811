import { sql as raw, type CompiledQuery, type Kysely } from 'kysely'
import type { RunId } from '../domain/archive.ts'
import type { Clock } from '../domain/magnet.ts'
import type { NodeState } from '../domain/node.ts'
import { newNode } from '../domain/node.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface NodesTable {
  /** Always 1: there is one node. */
  readonly id: number
  readonly run_id: RunId | null
  readonly version: string | null
  readonly started_at: UnixMillis | null
  readonly protocol: NodeState['protocol']
  readonly network: NodeState['network']
  readonly torrent_client: NodeState['torrentClient']
  readonly incarnation: string | null
  readonly clock_floor: Clock | null
  readonly checkpoint_size: number | null
}

/** The node as a whole. */
export interface NodeRow extends Omit<NodeState, 'tokens' | 'webhooks'> {
  /** The release of the program that runs, or ran last. */
  readonly version: string | null
  /** When the process that runs was started; null when it said goodbye. */
  readonly startedAt: UnixMillis | null
}

const NODE_ID = 1
const EMPTY: NodesTable = {
  id: NODE_ID,
  run_id: newNode.runId,
  version: null,
  started_at: null,
  protocol: newNode.protocol,
  network: newNode.network,
  torrent_client: newNode.torrentClient,
  incarnation: newNode.incarnation,
  clock_floor: newNode.clockFloor,
  checkpoint_size: newNode.checkpointSize,
}

/** The switches of the node and the process that runs: at most one row. */
export const nodes = {
  name: 'nodes',
  version: 1,
  tables: ['nodes'],
  create: [
    raw`create table nodes (
      id integer primary key,
      run_id text,
      version text,
      started_at integer,
      protocol text not null,
      network text not null,
      torrent_client text not null,
      incarnation text,
      clock_floor integer,
      checkpoint_size integer
    ) strict`.compile(sql),
  ],
  on: {
    NodeStarted: ({ event: { data }, recordedAt }) => [
      // A new process begins with a torrent client of its own.
      change({ run_id: data.runId, version: data.version, started_at: recordedAt, torrent_client: 'UP' }),
    ],
    NodeStopped: () => [change({ run_id: null, started_at: null })],
    ProtocolEnabled: () => [change({ protocol: 'ENABLED' })],
    ProtocolDisabled: () => [change({ protocol: 'DISABLED' })],
    NodeWentOnline: () => [change({ network: 'ONLINE' })],
    NodeWentOffline: () => [change({ network: 'OFFLINE' })],
    TorrentClientDown: () => [change({ torrent_client: 'DOWN' })],
    TorrentClientUp: () => [change({ torrent_client: 'UP' })],
    CheckpointSigned: ({ event: { data } }) => [change({ checkpoint_size: data.size })],
    LogRestored: ({ event: { data } }) => [change({ incarnation: data.incarnation, clock_floor: data.clockFloor })],
  },
} satisfies Projection

/** The first event makes the row, later ones change it. */
function change(columns: Partial<NodesTable>): CompiledQuery {
  return sql
    .insertInto('nodes')
    .values({ ...EMPTY, ...columns })
    .onConflict((row) => row.column('id').doUpdateSet(columns))
    .compile()
}

/** The state of the node; that of a new one before its first event. */
export async function readNode(db: Kysely<ReadModels>): Promise<NodeRow> {
  const row = await db
    .selectFrom('nodes')
    .select([
      'run_id as runId',
      'version',
      'started_at as startedAt',
      'protocol',
      'network',
      'torrent_client as torrentClient',
      'incarnation',
      'clock_floor as clockFloor',
      'checkpoint_size as checkpointSize',
    ])
    .where('id', '=', NODE_ID)
    .executeTakeFirst()
  const { tokens: _tokens, webhooks: _webhooks, ...fresh } = newNode
  return row ?? { ...fresh, version: null, startedAt: null }
}
