import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { SelectionInput, selectionOf } from '../nouns/selection.ts'
import { defineCommunityResult } from './community-result.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'

const DownloadArchivesResult = defineCommunityResult(
  'DownloadArchives',
  'What was asked for is being fetched; `download` of the community tells how it stands.',
  [
    'CommunityNotFound',
    'CommunityWasLeft',
    'NotMember',
    'ProtocolIsDisabled',
    'ArchivingIsDisabled',
    'SeedingIsWithdrawn',
    'NoLinkYet',
    'SelectionEmpty',
  ],
)

builder.mutationField('downloadArchives', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: DownloadArchivesResult.ref,
    description:
      'Fetches archives of the newest link, of those that are not here. A download that wants others ends, and nothing that it fetched is thrown away.',
    args: {
      communityId: communityIdArg(t.arg),
      selection: t.arg({
        type: SelectionInput,
        required: false,
        description: 'Which archives. Null: what was chosen for the community with changeSettings, or ALL_MISSING.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, selection, idempotencyKey }, context) => {
      const input = { communityId, selection: selection == null ? null : selectionOf(selection) }
      const outcome = await context.wishes.downloadArchives(input, metaOf(context, idempotencyKey, input))
      return DownloadArchivesResult.answer(outcome, communityId)
    },
  }),
)

const CancelDownloadResult = defineCommunityResult('CancelDownload', 'Nothing is fetched for the community.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'NotMember',
])

builder.mutationField('cancelDownload', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: CancelDownloadResult.ref,
    description:
      'Gives the download of a community up. What it fetched is kept; a newer link, or downloadArchives, starts another.',
    args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const command = { type: 'CancelDownload', communityId } as const
      const outcome = await context.execute(command, metaOf(context, idempotencyKey, command))
      return CancelDownloadResult.answer(outcome, communityId)
    },
  }),
)
