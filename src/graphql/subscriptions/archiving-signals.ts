import type { ArchiveEntry } from '../../domain/archive.ts'
import { readRun } from '../../projections/runs.ts'
import { ArchiveRun } from '../nouns/archive-run.ts'
import { builder } from '../builder.ts'
import { millisOf } from '../scalars/date-time.ts'
import { ArchiveFailureCode } from '../scalars/failure-codes.ts'
import { defineSignal, Signal, type SignalOf } from './signal.ts'

type Ranged = 'ArchiveCreationStarted' | 'ArchiveCreated' | 'NoArchiveCreated'

const RunSignal = builder.interfaceRef<SignalOf<Ranged | 'ArchiveCreationFailed'>>('RunSignal').implement({
  description: 'Something that happened to a run.',
  interfaces: [Signal],
  fields: (t) => ({
    runId: t.field({ type: 'RunId', description: 'The run.', resolve: ({ recorded }) => recorded.event.data.runId }),
    run: t.field({
      type: ArchiveRun,
      nullable: true,
      description: 'The run, as it is now.',
      resolve: async ({ recorded }, _args, { db }) => readRun(db, recorded.event.data.runId),
    }),
  }),
})

const RangeSignal = builder.interfaceRef<SignalOf<Ranged>>('RangeSignal').implement({
  description: 'Something that happened to a run, with its range.',
  interfaces: [Signal, RunSignal],
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'Messages sent at this time or later belong to it.',
      resolve: ({ recorded }) => millisOf(recorded.event.data.from),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Messages sent before this time belong to it.',
      resolve: ({ recorded }) => millisOf(recorded.event.data.to),
    }),
  }),
})

const CreatedArchive = builder.objectRef<ArchiveEntry>('CreatedArchive').implement({
  description: 'An archive that a run added to `data`.',
  fields: (t) => ({
    archiveId: t.expose('id', { type: 'ArchiveId', description: 'Its id in the index.' }),
    from: t.field({ type: 'DateTime', description: 'Its first second.', resolve: ({ from }) => millisOf(from) }),
    to: t.field({ type: 'DateTime', description: 'The second it ends before.', resolve: ({ to }) => millisOf(to) }),
    offset: t.expose('offset', { type: 'ByteCount', description: 'Where it begins in `data`.' }),
    rawBytes: t.expose('rawBytes', { type: 'ByteCount', description: 'The length of its encoding.' }),
    paddingBytes: t.expose('paddingBytes', { type: 'ByteCount', description: 'The zero bytes behind it.' }),
    messages: t.exposeInt('messages', { description: 'How many messages it holds.' }),
    sha256: t.expose('sha256', { type: 'Hex', description: 'SHA-256 of its encoding.' }),
  }),
})

defineSignal('ArchiveCreationStarted', 'CreatingHistoryArchives', {
  description: 'A run over a range of messages began.',
  interfaces: [RunSignal, RangeSignal],
})

defineSignal('ArchiveCreated', 'HistoryArchivesCreated', {
  description: 'The messages of the range were packed, and late ones. The torrent grew, so its info hash is new.',
  interfaces: [RunSignal, RangeSignal],
  fields: (t) => ({
    infoHash: t.field({
      type: 'InfoHash',
      description: 'The new torrent.',
      resolve: ({ recorded }) => recorded.event.data.infoHash,
    }),
    magnetUri: t.string({
      description: 'Its magnet link. It is dispatched once the torrent is served.',
      resolve: ({ recorded }) => recorded.event.data.magnetUri,
    }),
    dataBytes: t.field({
      type: 'ByteCount',
      description: 'The length of `data` in it, all earlier archives included.',
      resolve: ({ recorded }) => recorded.event.data.dataBytes,
    }),
    archives: t.field({
      type: [CreatedArchive],
      description: 'What the run added, in the order of their offsets.',
      resolve: ({ recorded }) => recorded.event.data.archives,
    }),
  }),
})

defineSignal('NoArchiveCreated', 'NoHistoryArchivesCreated', {
  description: 'The run found no message in its range, and no late one. What is served stays as it is.',
  interfaces: [RunSignal, RangeSignal],
})

defineSignal('ArchiveCreationFailed', 'ArchiveCreationFailed', {
  description: 'The run ended without an archive. Its range is still to be packed.',
  interfaces: [RunSignal],
  fields: (t) => ({
    code: t.field({
      type: ArchiveFailureCode,
      description: 'Why it failed.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
    numbers: t.field({
      type: 'Json',
      description: 'The numbers that go with the code.',
      resolve: ({ recorded }) => recorded.event.data.numbers,
    }),
  }),
})
