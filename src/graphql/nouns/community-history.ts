import { ArchiveRun } from './archive-run.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { Community } from './community.ts'
import { Magnetlink } from './magnetlink.ts'
import { Torrent } from './torrent.ts'

// What became of the community's history so far, beside the archives.
builder.objectFields(Community, (t) => ({
  magnetlink: t.field({
    type: Magnetlink,
    nullable: true,
    description: 'The link with the highest clock; null before the first.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.magnetlink.load(communityId),
  }),
  lastRun: t.field({
    type: ArchiveRun,
    nullable: true,
    description: 'The run that began last; null before the first.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.lastRun.load(communityId),
  }),
  lateMessages: t.int({
    ...priced('SCAN'),
    description:
      'How many messages came in after its last run had looked, and are older than `archivedUpTo`. The next run packs them as archives of their own. 0 before the first run.',
    resolve: async (community, _args, { countLate, turns }) => turns.read(async () => countLate(community)),
  }),
  torrents: t.field({
    type: [Torrent],
    description: 'The torrents that are served, or are to be: at most one of them is CURRENT, and one RETIRING.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.torrents.load(communityId),
  }),
}))
