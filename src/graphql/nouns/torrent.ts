import type { SeedingRow } from '../../projections/seeding.ts'
import { builder } from '../builder.ts'
import type { TorrentStats as Stats } from '../context.ts'
import { SeedingFailureCode, UnseededReason } from '../scalars/failure-codes.ts'

const TorrentRole = builder.enumType('TorrentRole', {
  description: 'The part of a torrent in the rollover from one version to the next.',
  values: {
    NEXT: { description: 'Created, and not served yet.' },
    CURRENT: { description: 'The newest that was served.' },
    RETIRING: { description: 'The one before it, served until its grace ends.' },
    REPLACED: { description: 'Its grace is over; it waits to be dropped.' },
  } as const,
})

const TorrentState = builder.enumType('TorrentState', {
  description: 'What is recorded of the torrent client.',
  values: {
    WAITING: { description: 'Neither a start nor a failure is recorded.' },
    SERVED: { description: 'The torrent client serves it.' },
    FAILED: { description: 'The torrent client cannot serve it.' },
  } as const,
})

export const TorrentStats = builder.objectRef<Stats>('TorrentStats').implement({
  description: 'What a torrent does at this moment. Sampled, never recorded.',
  fields: (t) => ({
    peers: t.exposeInt('peers', { description: 'With how many peers a connection is open.' }),
    leechers: t.exposeInt('leechers', { description: 'How many of them do not have the whole torrent yet.' }),
    uploadBytesPerSecond: t.exposeFloat('uploadBytesPerSecond', { description: 'Sent to peers, a second.' }),
    uploadedBytes: t.expose('uploadedBytes', {
      type: 'ByteCount',
      description: "Sent to peers since the torrent client's process began to serve it, protocol included.",
    }),
  }),
})

/** A torrent that has a part in its community's rollover. */
export const Torrent = builder.objectRef<SeedingRow>('Torrent').implement({
  description: 'A torrent of a community that is, was, or is to be served.',
  fields: (t) => ({
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'Its name on the network.' }),
    role: t.expose('role', { type: TorrentRole, description: 'Its part in the rollover.' }),
    state: t.expose('state', { type: TorrentState, description: 'What is recorded of the torrent client.' }),
    code: t.expose('code', {
      type: SeedingFailureCode,
      nullable: true,
      description: 'Why it cannot be served; null unless its state is FAILED.',
    }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: true,
      description: 'When its start was recorded; null unless its state is SERVED.',
    }),
    isWanted: t.exposeBoolean('wanted', { description: 'Whether this node should serve it now.' }),
    unwantedReason: t.expose('unwantedReason', {
      type: UnseededReason,
      nullable: true,
      description: 'Why it should not be served; null while it should.',
    }),
    generation: t.exposeInt('generation', { description: 'Which generation of the file `data` it is made of.' }),
    dataBytes: t.expose('dataBytes', { type: 'ByteCount', description: 'The length of `data` in it.' }),
    indexBytes: t.expose('indexBytes', { type: 'ByteCount', description: 'The length of `index` in it.' }),
    stats: t.field({
      type: TorrentStats,
      nullable: true,
      description: 'What it does at this moment; null while the torrent client does not hold it.',
      resolve: ({ infoHash }, _args, { torrentStats }) => torrentStats().get(infoHash) ?? null,
    }),
  }),
})
