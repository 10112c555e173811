import { SeedingFailureCode, UnseededReason } from '../scalars/failure-codes.ts'
import { Magnetlink } from '../nouns/magnetlink.ts'
import { magnetlinkOf } from '../nouns/magnetlink-of.ts'
import { defineSignal } from './signal.ts'
import { TorrentSignal } from './torrent-signal.ts'

defineSignal('SeedingStarted', 'HistoryArchivesSeeding', {
  description: 'The torrent client serves the torrent.',
  interfaces: [TorrentSignal],
})

defineSignal('SeedingFailed', 'SeedingFailed', {
  description:
    'The torrent client cannot serve the torrent. Told once for each reason; it is tried again. Damage to the files of ' +
    'a torrent that was served is told by HistoryArchivesUnseeded instead.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    code: t.field({
      type: SeedingFailureCode,
      description: 'Why it cannot.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
  }),
})

defineSignal('Unseeded', 'HistoryArchivesUnseeded', {
  description: 'The torrent client no longer serves the torrent.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    reason: t.field({
      type: UnseededReason,
      description: 'Why it does not.',
      resolve: ({ recorded }) => recorded.event.data.reason,
    }),
    code: t.field({
      type: SeedingFailureCode,
      nullable: true,
      description: 'What is wrong with its files; null unless they are damaged.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
  }),
})

defineSignal('MagnetlinkDispatched', 'MagnetlinkDispatched', {
  description: 'The community was told where its archives are.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    magnetlink: t.field({
      type: Magnetlink,
      description: 'What it was told, with what proves it.',
      resolve: ({ recorded }) => magnetlinkOf(recorded),
    }),
  }),
})
