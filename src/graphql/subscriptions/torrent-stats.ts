import { readCommunitySeeding } from '../../projections/seeding.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { Torrent } from '../nouns/torrent.ts'
import { sampleEverySecond } from './sample-stream.ts'

builder.subscriptionField('torrentStats', (t) =>
  t.field({
    ...allow('READER'),
    type: [Torrent],
    description: 'The torrents of a community with what they do, sampled once a second. A slow client misses samples.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    subscribe: (_root, { communityId }, context) =>
      sampleEverySecond(async () => readCommunitySeeding(context.db, communityId), context),
    resolve: (rows) => rows,
  }),
)
