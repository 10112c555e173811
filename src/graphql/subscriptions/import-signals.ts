import { builder } from '../builder.ts'
import { QuarantineCode } from '../scalars/member-codes.ts'
import { defineSignal, Signal, type SignalOf } from './signal.ts'

type OfArchive = 'ArchiveImported' | 'ArchiveQuarantined'
type OfImport = OfArchive | 'ImportStarted' | 'ImportFinished' | 'ImportUndone'

const ImportSignal = builder.interfaceRef<SignalOf<OfImport>>('ImportSignal').implement({
  description: 'Something that happened to an import.',
  interfaces: [Signal],
  fields: (t) => ({
    importId: t.field({
      type: 'ImportId',
      description: 'The import.',
      resolve: ({ recorded }) => recorded.event.data.importId,
    }),
  }),
})

const ArchiveSignal = builder.interfaceRef<SignalOf<OfArchive>>('ArchiveSignal').implement({
  description: 'Something that an import did with an archive.',
  interfaces: [Signal, ImportSignal],
  fields: (t) => ({
    archiveId: t.field({
      type: 'ArchiveId',
      description: 'The archive.',
      resolve: ({ recorded }) => recorded.event.data.archiveId,
    }),
  }),
})

defineSignal('ImportStarted', 'ImportingHistoryArchiveMessages', {
  description: 'The messages of archives that are here are being taken over.',
  interfaces: [ImportSignal],
  fields: (t) => ({
    infoHash: t.field({
      type: 'InfoHash',
      description: 'The newest torrent.',
      resolve: ({ recorded }) => recorded.event.data.infoHash,
    }),
  }),
})

defineSignal('ArchiveImported', 'ArchiveImported', {
  description: 'The messages of an archive are in the message store.',
  interfaces: [ImportSignal, ArchiveSignal],
  fields: (t) => ({
    messages: t.int({
      description: 'How many it holds.',
      resolve: ({ recorded }) => recorded.event.data.messages,
    }),
    added: t.int({ description: 'How many of them were new.', resolve: ({ recorded }) => recorded.event.data.added }),
    removed: t.int({
      description: 'How many messages went, as the history of the control node does not have them.',
      resolve: ({ recorded }) => recorded.event.data.removed,
    }),
    sha256: t.field({
      type: 'Hex',
      description: 'SHA-256 of its encoding.',
      resolve: ({ recorded }) => recorded.event.data.sha256,
    }),
  }),
})

defineSignal('ArchiveQuarantined', 'ArchiveQuarantined', {
  description: 'An archive cannot be taken over. Told once for each reason; the others are.',
  interfaces: [ImportSignal, ArchiveSignal],
  fields: (t) => ({
    code: t.field({
      type: QuarantineCode,
      description: 'Why it cannot.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
    numbers: t.field({
      type: 'Json',
      description: 'The numbers that go with the code.',
      resolve: ({ recorded }) => recorded.event.data.numbers,
    }),
  }),
})

defineSignal('ImportFinished', 'DownloadingHistoryArchivesFinished', {
  description: 'Each archive that is here was taken over, or is in quarantine.',
  interfaces: [ImportSignal],
  fields: (t) => ({
    imported: t.int({
      description: 'How many archives the import took over.',
      resolve: ({ recorded }) => recorded.event.data.imported,
    }),
    quarantined: t.int({
      description: 'How many archives are in quarantine.',
      resolve: ({ recorded }) => recorded.event.data.quarantined,
    }),
  }),
})

defineSignal('ImportUndone', 'ImportUndone', {
  description: 'The messages that an import removed are back, until one takes over an archive that overlaps them.',
  interfaces: [ImportSignal],
  fields: (t) => ({
    restored: t.int({
      description: 'How many they are.',
      resolve: ({ recorded }) => recorded.event.data.restored,
    }),
  }),
})
