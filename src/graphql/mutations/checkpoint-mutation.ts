import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import type { SignedCheckpoint } from '../wishes.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription } from './mutation.ts'

const SignCheckpointResult = defineResult<SignedCheckpoint>(
  'SignCheckpoint',
  'The node vouches for the log.',
  ['LogAltered'],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    size: t.expose('size', { type: 'ByteCount', description: 'How many events it covers: all up to this position.' }),
    note: t.exposeString('note', {
      description:
        'The checkpoint as a signed note (c2sp.org/tlog-checkpoint). Keep it elsewhere: verify-log --checkpoint tells whether the log still contains it.',
    }),
    noteKey: t.exposeString('noteKey', {
      description:
        'The public key that signed, as tools for signed notes take it: name, key id and key, with a + between.',
    }),
  }),
)

builder.mutationField('signCheckpoint', (t) =>
  t.field({
    ...allow('AUDITOR'),
    type: SignCheckpointResult.ref,
    description:
      'Signs how many events there are, the root of the Merkle tree over them and the last link of their chain, with the key of the node. Where nothing was recorded since the last checkpoint, that one is given again.',
    args: { idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { idempotencyKey }, context) =>
      SignCheckpointResult.answer(await context.wishes.signCheckpoint(metaOf(context, idempotencyKey, {})), null),
  }),
)
