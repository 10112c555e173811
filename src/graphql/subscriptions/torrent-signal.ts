import { builder } from '../builder.ts'
import { Signal, type SignalOf } from './signal.ts'

type OfTorrent =
  | 'SeedingStarted'
  | 'SeedingFailed'
  | 'Unseeded'
  | 'MagnetlinkDispatched'
  | 'ArchivesVerified'
  | 'ArchiveRepaired'
  | 'MagnetlinkReceived'
  | 'DownloadStarted'
  | 'ArchiveDownloaded'
  | 'DownloadFinished'

/** What signals about a torrent have in common. */
export const TorrentSignal = builder.interfaceRef<SignalOf<OfTorrent>>('TorrentSignal').implement({
  description: 'Something that happened to a torrent of a community.',
  interfaces: [Signal],
  fields: (t) => ({
    infoHash: t.field({
      type: 'InfoHash',
      description: 'The torrent.',
      resolve: ({ recorded }) => recorded.event.data.infoHash,
    }),
  }),
})
