import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import type { ImportPreview as Preview } from '../members.ts'

const ImportPreview = builder.objectRef<Preview>('ImportPreview').implement({
  description: 'What importArchives would do now. Nothing is changed.',
  fields: (t) => ({
    archives: t.exposeInt('archives', { description: 'How many archives it would take over.' }),
    unreadable: t.exposeInt('unreadable', { description: 'How many archives it cannot take over.' }),
    added: t.exposeInt('added', { description: 'How many of their messages are not here.' }),
    kept: t.exposeInt('kept', { description: 'How many of their messages are here.' }),
    removed: t.exposeInt('removed', {
      description: 'How many messages are here that the history of the control node does not have.',
    }),
  }),
})

builder.queryField('importPreview', (t) =>
  t.field({
    type: ImportPreview,
    ...allow('OPERATOR', priced('ARCHIVES')),
    description:
      'What importArchives would do now. Reads all archives that are here and were not taken over, so that it may take long.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    resolve: async (_root, { communityId }, { members }) => members.previewImport(communityId),
  }),
)
