import type { FetchedArchive as Fetched } from '../../domain/archive.ts'
import { builder } from '../builder.ts'
import { Selection } from '../nouns/selection.ts'
import { millisOf } from '../scalars/date-time.ts'
import { DownloadEnd, DownloadFailureCode } from '../scalars/member-codes.ts'
import { defineSignal, Signal, type SignalOf } from './signal.ts'
import { TorrentSignal } from './torrent-signal.ts'

type OfDownload = 'DownloadStarted' | 'ArchiveDownloaded' | 'DownloadFinished' | 'DownloadFailed' | 'DownloadCancelled'

const DownloadSignal = builder.interfaceRef<SignalOf<OfDownload>>('DownloadSignal').implement({
  description: 'Something that happened to a download.',
  interfaces: [Signal],
  fields: (t) => ({
    downloadId: t.field({
      type: 'DownloadId',
      description: 'The download.',
      resolve: ({ recorded }) => recorded.event.data.downloadId,
    }),
  }),
})

const FetchedArchive = builder.objectRef<Fetched>('FetchedArchive').implement({
  description: 'An archive as the index describes it, before anything in it was looked at.',
  fields: (t) => ({
    archiveId: t.expose('id', { type: 'ArchiveId', description: 'Its id in the index.' }),
    from: t.field({ type: 'DateTime', description: 'Its first second.', resolve: ({ from }) => millisOf(from) }),
    to: t.field({ type: 'DateTime', description: 'The second it ends before.', resolve: ({ to }) => millisOf(to) }),
    offset: t.expose('offset', { type: 'ByteCount', description: 'Where it begins in `data`.' }),
    sizeBytes: t.expose('sizeBytes', { type: 'ByteCount', description: 'Its length, padding included.' }),
    paddingBytes: t.expose('paddingBytes', { type: 'ByteCount', description: 'The zero bytes at its end.' }),
  }),
})

defineSignal('DownloadStarted', 'DownloadingHistoryArchivesStarted', {
  description: 'A member begins to fetch what it wants of a torrent.',
  interfaces: [DownloadSignal, TorrentSignal],
  fields: (t) => ({
    selection: t.field({
      type: Selection,
      description: 'What it wants.',
      resolve: ({ recorded }) => recorded.event.data.selection,
    }),
  }),
})

defineSignal('ArchiveDownloaded', 'HistoryArchiveDownloaded', {
  description: 'All pieces of an archive are here, verified and on the disk.',
  interfaces: [DownloadSignal, TorrentSignal],
  fields: (t) => ({
    archive: t.field({
      type: FetchedArchive,
      description: 'The archive.',
      resolve: ({ recorded }) => recorded.event.data.archive,
    }),
  }),
})

defineSignal('DownloadFinished', 'DownloadFinished', {
  description: 'All that was wanted is here: it is served, as far as it is here, and its messages are taken over.',
  interfaces: [DownloadSignal, TorrentSignal],
  fields: (t) => ({
    archives: t.int({
      description: 'How many archives the index names.',
      resolve: ({ recorded }) => recorded.event.data.archives,
    }),
    heldArchives: t.int({
      description: 'How many of them are here.',
      resolve: ({ recorded }) => recorded.event.data.heldArchives,
    }),
    dataBytes: t.field({
      type: 'ByteCount',
      description: 'The length of `data` in it, what was not fetched included.',
      resolve: ({ recorded }) => recorded.event.data.dataBytes,
    }),
  }),
})

defineSignal('DownloadFailed', 'DownloadFailed', {
  description: 'A download does not get on. Told once for each reason; it is tried again.',
  interfaces: [DownloadSignal],
  fields: (t) => ({
    code: t.field({
      type: DownloadFailureCode,
      description: 'Why not.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
    numbers: t.field({
      type: 'Json',
      description: 'The numbers that go with the code.',
      resolve: ({ recorded }) => recorded.event.data.numbers,
    }),
  }),
})

defineSignal('DownloadCancelled', 'DownloadCancelled', {
  description: 'A download was given up. What it fetched is kept.',
  interfaces: [DownloadSignal],
  fields: (t) => ({
    reason: t.field({
      type: DownloadEnd,
      description: 'Why it was.',
      resolve: ({ recorded }) => recorded.event.data.reason,
    }),
  }),
})
