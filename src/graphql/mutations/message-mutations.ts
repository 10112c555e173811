import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { inputError } from '../scalars/input-error.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { defineResult } from './mutation.ts'
import type { MessageInput as Message, RecordedMessages, RejectedMessage as Rejected } from '../wishes.ts'

const MAX_MESSAGES = 1000

const MessageInput = builder.inputRef<Message>('MessageInput').implement({
  description:
    'A message as it travels. Each field is checked for itself, so a wrong one rejects this message alone. Bytes are hex with "0x"; optional ones left out are empty.',
  fields: (t) => ({
    timestamp: t.float({ required: true, description: 'When it was sent: whole Unix seconds, below 2^32.' }),
    topic: t.string({ required: true, description: 'Its content topic: "0x" and 8 hex digits.' }),
    payload: t.string({ required: true, description: 'What it says, as bytes.' }),
    sig: t.string({ required: false, description: 'Its signature, as bytes.' }),
    padding: t.string({ required: false, description: 'Padding, as bytes.' }),
    hash: t.string({ required: false, description: "The name that the sender's network gave it, as bytes." }),
    thirdPartyId: t.string({ required: false, description: 'Where a bridge took it from, such as `discord:123`.' }),
  }),
})

const RejectedMessage = builder.objectRef<Rejected>('RejectedMessage').implement({
  description: 'A message that was not recorded.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place in `messages`, from 0 on.' }),
    code: t.exposeString('code', { description: 'What is wrong with it.' }),
  }),
})

const RecordMessagesResult = defineResult<RecordedMessages>(
  'RecordMessages',
  'The good messages are on the disk.',
  ['CommunityNotFound', 'CommunityWasLeft'],
  (t) => ({
    recorded: t.exposeInt('recorded', { description: 'How many were recorded now.' }),
    duplicates: t.exposeInt('duplicates', { description: 'How many were recorded before, with the very same bytes.' }),
    rejected: t.expose('rejected', {
      type: [RejectedMessage],
      description: 'Those that were not recorded, in their order.',
    }),
  }),
)

builder.mutationField('recordMessages', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: RecordMessagesResult.ref,
    description:
      'Records messages of a community. The next run packs those sent since the end of the last one; older ones came late, and it packs them as archives of their own. Recording the same messages again changes nothing.',
    args: {
      communityId: communityIdArg(t.arg),
      messages: t.arg({ type: [MessageInput], required: true, description: `1 to ${MAX_MESSAGES} of them.` }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, messages, idempotencyKey }, context) => {
      if (messages.length < 1 || messages.length > MAX_MESSAGES) {
        const found = `found ${messages.length}: send the rest in further calls.`
        throw inputError('messages', `Argument "messages" must hold 1 to ${MAX_MESSAGES} messages, ${found}`)
      }
      const meta = metaOf(context, idempotencyKey, { communityId, messages })
      return RecordMessagesResult.answer(await context.wishes.recordMessages(communityId, messages, meta), communityId)
    },
  }),
)
