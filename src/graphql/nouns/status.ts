import { readNode, type NodeRow } from '../../projections/nodes.ts'
import { readParked } from '../../projections/parked.ts'
import { allow } from '../access/allow.ts'
import { canRead } from '../access/readable.ts'
import { builder } from '../builder.ts'
import { Switch } from './community.ts'
import type { NodeLimits as Limits, TorrentClientState } from '../context.ts'
import { priced } from '../limits/price-of.ts'
import { ParkedReactor } from './parked-reactor.ts'

const Network = builder.enumType('Network', {
  description: 'Whether the node may use the network.',
  values: { ONLINE: { description: 'It may.' }, OFFLINE: { description: 'It may not: nothing is seeded.' } } as const,
})

const TorrentClientStatus = builder.enumType('TorrentClientStatus', {
  description: "Whether the torrent client's process runs.",
  values: { UP: { description: 'It runs.' }, DOWN: { description: 'It is gone, and will be started again.' } } as const,
})

const TorrentClient = builder.objectRef<TorrentClientState>('TorrentClient').implement({
  description: 'The process that serves torrents.',
  fields: (t) => ({
    status: t.expose('status', { type: TorrentClientStatus, description: 'Whether it runs.' }),
    port: t.exposeInt('port', {
      nullable: true,
      description: 'The TCP port that peers reach; null while it has none.',
    }),
    openFiles: t.exposeInt('openFiles', {
      nullable: true,
      description: 'How many files it has open, connections included, sampled once a second; null while unknown.',
    }),
    openFilesLimit: t.exposeInt('openFilesLimit', {
      nullable: true,
      description: 'How many it may have open. Near it no more torrents are served; null while unknown, or unlimited.',
    }),
  }),
})

const NodeLimits = builder.objectRef<Limits>('NodeLimits').implement({
  description: 'How fast the node may be now, and how much of its disk it may take.',
  fields: (t) => ({
    uploadBytesPerSecond: t.expose('uploadBytesPerSecond', {
      type: 'ByteCount',
      nullable: true,
      description: 'For all that is uploaded together, by the schedule; null for no limit.',
    }),
    downloadBytesPerSecond: t.expose('downloadBytesPerSecond', {
      type: 'ByteCount',
      nullable: true,
      description: 'For all that is downloaded together, by the schedule; null for no limit.',
    }),
    usedBytes: t.expose('usedBytes', { type: 'ByteCount', description: 'What archives and messages take.' }),
    quotaBytes: t.expose('quotaBytes', {
      type: 'ByteCount',
      nullable: true,
      description: 'What they may take; null for no bound.',
    }),
    freeBytes: t.expose('freeBytes', { type: 'ByteCount', description: 'What is free on the disk.' }),
    minFreeBytes: t.expose('minFreeBytes', { type: 'ByteCount', description: 'What is left free of that.' }),
  }),
})

/** The node as a whole. */
export const Status = builder.objectRef<NodeRow>('Status').implement({
  description: 'How this node is.',
  fields: (t) => ({
    version: t.string({ description: 'The release that runs.', resolve: (_node, _args, { version }) => version }),
    logId: t.field({
      type: 'Uuid',
      description: 'Names the event log among all logs.',
      resolve: (_node, _args, { log }) => log.logId,
    }),
    incarnation: t.expose('incarnation', {
      type: 'Uuid',
      nullable: true,
      description: 'Names the log since it was last brought back from a back-up; null where it never was.',
    }),
    headPosition: t.field({
      type: 'Position',
      description: 'The newest event; 0 before the first.',
      resolve: (_node, _args, { log }) => log.head(),
    }),
    protocol: t.expose('protocol', { type: Switch, description: 'Whether archiving is on for the whole node.' }),
    network: t.expose('network', { type: Network, description: 'Whether the node may use the network.' }),
    torrentClient: t.field({
      type: TorrentClient,
      description: 'The process that serves torrents.',
      resolve: (_node, _args, { torrentClient }) => torrentClient(),
    }),
    parkedReactors: t.field({
      type: [ParkedReactor],
      description: 'Work that was given up, and waits for an operator: of the communities that the caller may read of.',
      resolve: async (_node, _args, context) =>
        (await readParked(context.db)).filter(({ communityId }) => canRead(context, communityId)),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When this process began.' }),
    uptimeSeconds: t.int({
      nullable: true,
      description: 'For how long this process runs.',
      resolve: ({ startedAt }, _args, { now }) => (startedAt === null ? null : Math.floor((now() - startedAt) / 1000)),
    }),
  }),
})

builder.objectField(Status, 'checkpointSize', (t) =>
  t.expose('checkpointSize', {
    type: 'ByteCount',
    nullable: true,
    description:
      'How many events the newest checkpoint covers: those after it are not vouched for yet; null before the first.',
  }),
)

builder.objectField(Status, 'limits', (t) =>
  t.field({
    ...priced('FILES'),
    type: NodeLimits,
    description: 'How fast it may be now, and how much of its disk it may take. Files are counted for it.',
    resolve: async (_node, _args, { readLimits }) => readLimits(),
  }),
)

builder.queryField('status', (t) =>
  t.field({
    ...allow('READER'),
    type: Status,
    description: 'How this node is.',
    resolve: async (_root, _args, { db }) => readNode(db),
  }),
)
