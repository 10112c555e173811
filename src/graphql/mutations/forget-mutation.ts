import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import type { Forgotten } from '../wishes.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { defineResult } from './mutation.ts'

const ForgetCommunityResult = defineResult<Forgotten>(
  'ForgetCommunity',
  "The community's messages and keys are deleted, and whatever else was kept of it beside the log.",
  ['CommunityNotFound', 'CommunityNotLeft', 'StillServed', 'CommunityNotPurged'],
  (t) => ({
    position: t.expose('position', {
      type: 'Position',
      nullable: true,
      description: 'The event that records it; null where it was forgotten before.',
    }),
    messages: t.exposeInt('messages', { description: 'How many messages were deleted.' }),
    isErased: t.exposeBoolean('isErased', {
      description:
        'Whether nothing is left of it. Where something is, the log of the node says why; it is tried again at the next start, and when forgetCommunity is asked for again.',
    }),
  }),
)

builder.mutationField('forgetCommunity', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: ForgetCommunityResult.ref,
    description:
      'Deletes the messages of a community that was purged, its private key and its tokens, for good. The events stay: they hold no message and no name. Back-ups that were taken before are not touched.',
    args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId })
      return ForgetCommunityResult.answer(await context.wishes.forgetCommunity(communityId, meta), communityId)
    },
  }),
)
