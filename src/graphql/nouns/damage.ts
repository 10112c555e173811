import type {
  Damage as Found,
  PieceRange as Pieces,
  RepairedPart as Part,
  RepairSource as Source,
} from '../../domain/damage.ts'
import { builder } from '../builder.ts'
import { longList } from '../limits/item-count.ts'

const PieceRange = builder.objectRef<Pieces>('PieceRange').implement({
  description: 'Pieces of a torrent by their numbers, from 0 on.',
  fields: (t) => ({
    from: t.exposeInt('from', { description: 'The first of them.' }),
    to: t.exposeInt('to', { description: 'The first behind them.' }),
  }),
})

/** What a check found. */
export const Damage = builder.objectRef<Found>('Damage').implement({
  description: 'Which files of a version are not what was recorded.',
  fields: (t) => ({
    pieces: t.expose('pieces', {
      type: [PieceRange],
      description: 'The damaged pieces of the torrent, rising; the first 1000 ranges.',
      ...longList('DAMAGED_RANGES'),
    }),
    pieceCount: t.exposeInt('pieceCount', { description: 'How many pieces are damaged in all.' }),
    archives: t.expose('archives', {
      type: ['ArchiveId'],
      description: 'The archives that damaged pieces belong to, in the order of their offsets.',
      ...longList('DAMAGED_ARCHIVES'),
    }),
    index: t.exposeBoolean('index', { description: 'Whether the file `index` is damaged.' }),
    torrentFile: t.exposeBoolean('torrentFile', { description: 'Whether the torrent file is damaged.' }),
  }),
})

const parts: { readonly [Each in Part]: { readonly description: string } } = {
  ARCHIVE: { description: 'An archive in `data`.' },
  INDEX: { description: 'The file `index`.' },
  TORRENT_FILE: { description: 'The torrent file.' },
}

const sources: { readonly [Each in Source]: { readonly description: string } } = {
  MESSAGES: { description: 'The recorded messages, packed again.' },
  PEERS: { description: 'Peers that serve the same torrent.' },
  LOG: { description: 'The event log, which names what stands in it.' },
}

export const RepairedPart = builder.enumType('RepairedPart', { description: 'What was mended.', values: parts })

export const RepairSource = builder.enumType('RepairSource', {
  description: 'Where the right bytes came from.',
  values: sources,
})
