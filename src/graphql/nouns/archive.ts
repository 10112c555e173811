import type { ArchiveRow, ImportState } from '../../projections/archives.ts'
import { builder } from '../builder.ts'
import { millisOf } from '../scalars/date-time.ts'
import { QuarantineCode } from '../scalars/member-codes.ts'

const states: { readonly [Each in ImportState]: { readonly description: string } } = {
  WAITING: { description: 'Its messages were not taken over yet.' },
  IMPORTED: { description: 'Its messages are in the message store.' },
  QUARANTINED: { description: 'It cannot be taken over; importArchives tries again.' },
}

const ArchiveImportState = builder.enumType('ArchiveImportState', {
  description: 'How an archive that was fetched stands.',
  values: states,
})

const ArchiveImport = builder
  .objectRef<{ readonly state: ImportState; readonly code: ArchiveRow['importCode'] }>('ArchiveImport')
  .implement({
    description: 'What became of the messages of an archive that was fetched.',
    fields: (t) => ({
      state: t.expose('state', { type: ArchiveImportState, description: 'How it stands.' }),
      code: t.expose('code', {
        type: QuarantineCode,
        nullable: true,
        description: 'Why it cannot be taken over; null unless its state is QUARANTINED.',
      }),
    }),
  })

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
    infoHash: t.expose('infoHash', {
      type: 'InfoHash',
      description: 'The torrent that was created with it, or that it was fetched with.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When its creation was recorded, or that it was fetched.',
    }),
    position: t.expose('position', { type: 'Position', description: 'The event that recorded that.' }),
  }),
})

builder.objectField(Archive, 'import', (t) =>
  t.field({
    type: ArchiveImport,
    nullable: true,
    description: 'What became of its messages on a member; null where it was created here.',
    resolve: ({ importState: state, importCode: code }) => (state === null ? null : { state, code }),
  }),
)
