import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import type { Purged, PurgedFile as File } from '../wishes.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { defineResult } from './mutation.ts'

const PurgedFile = builder.objectRef<File>('PurgedFile').implement({
  description: "A file of a community's archives.",
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its path below the folder of all archives.' }),
    bytes: t.expose('bytes', { type: 'ByteCount', description: 'How long it was.' }),
  }),
})

const PurgeCommunityResult = defineResult<Purged>(
  'PurgeCommunity',
  "The files of the community's archives are deleted; or, in a dry run, would be.",
  ['CommunityNotFound', 'CommunityNotLeft', 'StillServed'],
  (t) => ({
    position: t.expose('position', {
      type: 'Position',
      nullable: true,
      description: 'The event that records it; null in a dry run, and where nothing was archived since the last purge.',
    }),
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether nothing was deleted.' }),
    files: t.expose('files', {
      type: [PurgedFile],
      description: 'What is deleted, or would be, apart from what remains.',
    }),
    remaining: t.expose('remaining', {
      type: [PurgedFile],
      description:
        'What could not be deleted, by its path now; the log of the node says why. It is tried again at the next start, and when purgeCommunity is asked for again.',
    }),
    totalBytes: t.field({
      type: 'ByteCount',
      description: 'How long the files were together.',
      resolve: ({ files }) => files.reduce((sum, { bytes }) => sum + bytes, 0),
    }),
  }),
)

builder.mutationField('purgeCommunity', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: PurgeCommunityResult.ref,
    description:
      'Deletes the files of the archives of a community that was left; a dry run only names them. Its recorded messages and its key are kept: added again, it is archived anew from the oldest message on.',
    args: {
      communityId: communityIdArg(t.arg),
      dryRun: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Only names what would be deleted: nothing is deleted or recorded.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, dryRun, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId, dryRun })
      return PurgeCommunityResult.answer(await context.wishes.purgeCommunity(communityId, dryRun, meta), communityId)
    },
  }),
)
