import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { Rebuild } from '../nouns/rebuild.ts'
import type { StartedRebuild } from '../wishes.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult } from './mutation.ts'

const RebuildProjectionsResult = defineResult<StartedRebuild>(
  'RebuildProjections',
  'The read models are being rebuilt.',
  ['RebuildIsRunning'],
  (t) => ({
    rebuild: t.expose('rebuild', { type: Rebuild, description: 'As it began; `status` tells how far it is.' }),
  }),
)

builder.mutationField('rebuildProjections', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: RebuildProjectionsResult.ref,
    description:
      'Rebuilds all read models from the log, beside those that are read, and swaps them at once. Commands wait for the swap; reads and subscriptions go on.',
    args: { idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { idempotencyKey }, context) =>
      RebuildProjectionsResult.answer(
        await context.wishes.rebuildProjections(metaOf(context, idempotencyKey, {})),
        null,
      ),
  }),
)
