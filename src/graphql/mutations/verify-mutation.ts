import { readCommunity } from '../../projections/communities.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { Community } from '../nouns/community.ts'
import type { StartedVerification as Started } from '../verifications.ts'
import type { StartedVerifications } from '../wishes.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult } from './mutation.ts'

const StartedVerification = builder.objectRef<Started>('StartedVerification').implement({
  description: "A check of a community's files that was begun, or joined.",
  fields: (t) => ({
    verificationId: t.expose('verificationId', { type: 'Uuid', description: 'Its id.' }),
    communityId: t.expose('communityId', { type: 'CommunityId', description: 'The community.' }),
    community: t.field({
      type: Community,
      nullable: true,
      description:
        'The community, as it is now: `verification` tells how far it is, `lastVerification` what came of it.',
      resolve: async ({ communityId }, _args, { db, turns }) => turns.read(async () => readCommunity(db, communityId)),
    }),
  }),
})

const VerifyArchivesResult = defineResult<StartedVerifications>(
  'VerifyArchives',
  'The files are being checked. What is found and mended is told by `signals`.',
  ['CommunityNotFound', 'NoArchiveYet'],
  (t) => ({
    verifications: t.expose('verifications', {
      type: [StartedVerification],
      description: 'One for each community. One that was asked for before and has not ended is joined.',
    }),
  }),
)

builder.mutationField('verifyArchives', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: VerifyArchivesResult.ref,
    description:
      'Checks each piece of the archives against its torrent, and mends what is damaged: from recorded messages and the log, then from peers. What is damaged is not served meanwhile. Of a community that was left the newest version is checked.',
    args: {
      communityId: t.arg({
        type: 'CommunityId',
        required: false,
        description: 'The community. Null: all that have an archive.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const wanted = communityId ?? null
      const meta = metaOf(context, idempotencyKey, { communityId: wanted })
      return VerifyArchivesResult.answer(await context.wishes.verifyArchives(wanted, meta), wanted)
    },
  }),
)
