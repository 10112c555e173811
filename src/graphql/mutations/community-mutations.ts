import { err } from '../../domain/result.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { defineCommunityResult } from './community-result.ts'
import { metaOf } from '../context.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { Role } from '../scalars/role.ts'

const AddCommunityResult = defineCommunityResult('AddCommunity', 'This node takes part in the community.', [
  'CommunityAlreadyAdded',
  'CommunityIdMissing',
  'CommunityKeyMissing',
  'ContentTopicRepeated',
  'TooManyContentTopics',
  'HistoryIncomplete',
])

builder.mutationField('addCommunity', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: AddCommunityResult.ref,
    description:
      'Takes part in a community. Added again after it was left, it goes on where it was; the role may differ.',
    args: {
      communityId: t.arg({
        type: 'CommunityId',
        required: false,
        description: 'Its id; null makes a new native community, whose private key this node keeps.',
      }),
      role: t.arg({ type: Role, required: true, description: 'What this node is to be to it.' }),
      contentTopics: t.arg({
        type: ['ContentTopic'],
        required: true,
        description: 'The topics whose messages belong to it, in its order; 1024 at most.',
      }),
      archiving: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether it opts in to archives at once.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { idempotencyKey, communityId = null, role, contentTopics, archiving }, context) => {
      if (communityId === null && role === 'MEMBER') {
        return AddCommunityResult.answer(err({ type: 'CommunityIdMissing' }), null)
      }
      const input = { communityId, role, contentTopics, archiving }
      const outcome = await context.wishes.addCommunity(input, metaOf(context, idempotencyKey, input))
      return AddCommunityResult.answer(outcome, communityId)
    },
  }),
)

const ChangeContentTopicsResult = defineCommunityResult('ChangeContentTopics', 'The community has these topics.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'ContentTopicRepeated',
  'TooManyContentTopics',
])

builder.mutationField('changeContentTopics', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: ChangeContentTopicsResult.ref,
    description:
      'Replaces the content topics of a community. Archives that exist stay as they are: what was recorded on a new topic before their end is not packed.',
    args: {
      communityId: communityIdArg(t.arg),
      contentTopics: t.arg({
        type: ['ContentTopic'],
        required: true,
        description: 'All of them, in order; 1024 at most.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, contentTopics, idempotencyKey }, context) => {
      const command = { type: 'ChangeContentTopics', communityId, contentTopics } as const
      const outcome = await context.execute(command, metaOf(context, idempotencyKey, command))
      return ChangeContentTopicsResult.answer(outcome, communityId)
    },
  }),
)
