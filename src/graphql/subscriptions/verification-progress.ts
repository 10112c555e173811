import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { Verification } from '../nouns/verification.ts'
import { sampleEverySecond } from './sample-stream.ts'

builder.subscriptionField('verificationProgress', (t) =>
  t.field({
    ...allow('READER'),
    type: Verification,
    nullable: true,
    description:
      "The check of a community's files that goes on, sampled once a second; null while none does. What it finds and mends is told by `signals`.",
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    subscribe: (_root, { communityId }, context) =>
      sampleEverySecond(async () => ({ running: context.verifications.running(communityId) }), context),
    resolve: ({ running }) => running,
  }),
)
