import type { CommunitySettings } from '../../domain/community-settings.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { ImportMode } from '../nouns/community-settings.ts'
import { SelectionInput, selectionOf, type SelectionInputValue } from '../nouns/selection.ts'
import { defineCommunityResult } from './community-result.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'

/** What is left out stays as it is; null goes back to the default. */
type SettingsInput = {
  readonly [Name in Exclude<keyof CommunitySettings, 'selection'>]?: CommunitySettings[Name] | undefined
} & { readonly selection?: SelectionInputValue | null | undefined }

const CommunitySettingsInput = builder.inputRef<SettingsInput>('CommunitySettingsInput').implement({
  description: 'Settings to be changed. What is left out stays as it is; null goes back to the default.',
  fields: (t) => ({
    intervalSeconds: t.int({
      required: false,
      description:
        'How often archives are created by themselves: 604800, one week, to 31536000. Each packs whole weeks, so that a run may come up to a week later.',
    }),
    trackers: t.field({
      type: ['AnnounceUrl'],
      required: false,
      description: 'What new torrents and magnet links name, in order: 20 at most. None: peers are found otherwise.',
    }),
    graceSeconds: t.int({ required: false, description: 'How long a replaced torrent is still served: 0 to 604800.' }),
    redispatchSeconds: t.int({
      required: false,
      description: 'How often the magnet link is dispatched again: 60 to 31536000.',
    }),
    quotaBytes: t.field({
      type: 'ByteCount',
      required: false,
      description:
        'How much its newest version may take: data, index and torrent. A run that would take more is not made, and no more is fetched.',
    }),
    uploadBytesPerSecond: t.field({
      type: 'ByteCount',
      required: false,
      description: 'How fast its torrents are uploaded: 10000 or more. At once, also to peers that are connected.',
    }),
    selection: t.field({
      type: SelectionInput,
      required: false,
      description: 'What a member fetches of each new version.',
    }),
    imports: t.field({ type: ImportMode, required: false, description: 'When a member takes over what it fetched.' }),
    publicMagnetlinks: t.boolean({
      required: false,
      description: 'Whether anybody may follow its magnet links, without a token.',
    }),
  }),
})

const ChangeSettingsResult = defineCommunityResult('ChangeSettings', 'The settings are as wished.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'SettingOutOfRange',
  'TooManyTrackers',
  'SelectionEmpty',
])

builder.mutationField('changeSettings', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: ChangeSettingsResult.ref,
    description:
      'Changes settings of a community. Trackers count for the torrents and magnet links that are made from then on.',
    args: {
      communityId: communityIdArg(t.arg),
      settings: t.arg({ type: CommunitySettingsInput, required: true, description: 'What is to change.' }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, settings, idempotencyKey }, context) => {
      const command = { type: 'ChangeSettings', communityId, changes: changesOf(settings) } as const
      const outcome = await context.execute(command, metaOf(context, idempotencyKey, command))
      return ChangeSettingsResult.answer(outcome, communityId)
    },
  }),
)

/** What was sent, without what was left out. */
function changesOf({ selection, ...settings }: SettingsInput): Partial<CommunitySettings> {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  if (selection === undefined) return given
  return { ...given, selection: selection === null ? null : selectionOf(selection) }
}
