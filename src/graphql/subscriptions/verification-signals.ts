import { Damage, RepairedPart, RepairSource } from '../nouns/damage.ts'
import { defineSignal } from './signal.ts'
import { TorrentSignal } from './torrent-signal.ts'

defineSignal('ArchivesVerified', 'ArchivesVerified', {
  description: 'The files of a version were checked against its torrent, piece by piece.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    pieces: t.int({
      description: 'How many pieces it has.',
      resolve: ({ recorded }) => recorded.event.data.pieces,
    }),
    damage: t.field({
      type: Damage,
      nullable: true,
      description: 'What is not as it was recorded; null where all is.',
      resolve: ({ recorded }) => recorded.event.data.damage,
    }),
  }),
})

defineSignal('ArchiveRepaired', 'ArchiveRepaired', {
  description: 'A damaged part of a version is again what was recorded.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    part: t.field({
      type: RepairedPart,
      description: 'What was mended.',
      resolve: ({ recorded }) => recorded.event.data.part,
    }),
    archiveId: t.field({
      type: 'ArchiveId',
      nullable: true,
      description: 'Which archive; null for another part.',
      resolve: ({ recorded }) => recorded.event.data.archiveId,
    }),
    pieces: t.int({
      description: 'How many pieces were written.',
      resolve: ({ recorded }) => recorded.event.data.pieces,
    }),
    source: t.field({
      type: RepairSource,
      description: 'Where the right bytes came from.',
      resolve: ({ recorded }) => recorded.event.data.source,
    }),
  }),
})
