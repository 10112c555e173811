import type { ArchiveRow } from '../../projections/archives.ts'
import { builder } from '../builder.ts'
import { millisOf } from '../scalars/date-time.ts'

/** One archive inside the `data` of a community. */
export const Archive = builder.objectRef<ArchiveRow>('Archive').implement({
  description: 'Messages of one range, packed: a part of the file `data` that the community seeds.',
  fields: (t) => ({
    archiveId: t.expose('id', { type: 'ArchiveId', description: 'Its id in the index.' }),
    from: t.field({
      type: 'DateTime',
      description: 'Messages sent at this time or later are in it.',
      resolve: ({ from }) => millisOf(from),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Messages sent before this time are in it.',
      resolve: ({ to }) => millisOf(to),
    }),
    offset: t.expose('offset', { type: 'ByteCount', description: 'Where it begins in `data`.' }),
    rawBytes: t.expose('rawBytes', { type: 'ByteCount', description: 'The length of its encoding.' }),
    paddingBytes: t.expose('paddingBytes', {
      type: 'ByteCount',
      description: 'The zero bytes behind it, up to whole pieces.',
    }),
    messages: t.exposeInt('messages', {
      nullable: true,
      description: 'How many messages it holds; null where it was fetched and not yet imported.',
    }),
    sha256: t.expose('sha256', {
      type: 'Hex',
      nullable: true,
      description: 'SHA-256 of its encoding; null where it was fetched and not yet imported.',
    }),
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The torrent that was created with it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When its creation was recorded.' }),
    position: t.expose('position', { type: 'Position', description: 'The event that recorded its creation.' }),
  }),
})
