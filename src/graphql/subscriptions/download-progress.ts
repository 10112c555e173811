import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { DownloadProgress } from '../nouns/download.ts'
import { sampleEverySecond } from './sample-stream.ts'

builder.subscriptionField('downloadProgress', (t) =>
  t.field({
    ...allow('READER'),
    type: DownloadProgress,
    nullable: true,
    description:
      'How far the download of a community is, sampled once a second; null while nothing is fetched. A slow client misses samples. What it fetched, and how it ended, is told by `signals`.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    subscribe: (_root, { communityId }, context) =>
      sampleEverySecond(async () => ({ progress: context.members.downloadProgress(communityId) }), context),
    resolve: ({ progress }) => progress,
  }),
)
