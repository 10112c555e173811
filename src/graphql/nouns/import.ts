import type { ImportRow } from '../../projections/imports.ts'
import { readCommunity } from '../../projections/communities.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { Community } from './community.ts'

const statuses: { readonly [Each in ImportRow['status']]: { readonly description: string } } = {
  RUNNING: { description: 'It goes on, over restarts too.' },
  FINISHED: { description: 'Each archive that was here was taken over, or is in quarantine.' },
  STOPPED: { description: 'The community was left before its end.' },
  UNDONE: { description: 'What it removed is back.' },
}

const ImportStatus = builder.enumType('ImportStatus', { description: 'How an import stands.', values: statuses })

/** One taking over of messages. */
export const Import = builder.objectRef<ImportRow>('Import').implement({
  description: "A member's taking over of the messages of archives.",
  fields: (t) => ({
    importId: t.expose('importId', { type: 'ImportId', description: 'Its id.' }),
    status: t.expose('status', { type: ImportStatus, description: 'How it stands.' }),
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The newest torrent when it began.' }),
    imported: t.exposeInt('imported', { description: 'How many archives it took over.' }),
    quarantined: t.exposeInt('quarantined', { description: 'How many archives were in quarantine at its end.' }),
    added: t.exposeInt('added', { description: 'How many messages were new.' }),
    removed: t.exposeInt('removed', {
      description: 'How many messages went, as the history of the control node does not have them.',
    }),
    canUndo: t.boolean({
      ...priced('STATEMENTS'),
      description: 'Whether undoImport would put those back: until the next import that takes anything over.',
      resolve: async ({ communityId, status, imported }, _args, { db, turns }) => {
        if (status !== 'FINISHED' || imported === 0) return false
        const community = await turns.read(async () => readCommunity(db, communityId))
        return community?.status === 'ADDED' && community.role === 'MEMBER'
      },
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When its start was recorded.' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its end was recorded; null while it goes on.',
    }),
    correlationId: t.expose('correlationId', {
      type: 'Uuid',
      description: 'What all that followed from the same wish has in common.',
    }),
    position: t.expose('position', { type: 'Position', description: 'The event that recorded its start.' }),
  }),
})

builder.objectField(Community, 'lastImport', (t) =>
  t.field({
    type: Import,
    nullable: true,
    description: 'The import that began last; null before the first.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.lastImport.load(communityId),
  }),
)
