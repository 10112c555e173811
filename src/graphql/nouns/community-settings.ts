import {
  settingsInForce,
  type CommunitySettings as Chosen,
  type ImportMode as Mode,
  type SettingsInForce,
} from '../../domain/community-settings.ts'
import { builder } from '../builder.ts'
import { Community } from './community.ts'
import { Selection } from './selection.ts'

const modes: { readonly [Each in Mode]: { readonly description: string } } = {
  AUTOMATIC: { description: 'Of itself, when a download has finished.' },
  ON_REQUEST: { description: 'When importArchives asks for it.' },
}

export const ImportMode = builder.enumType('ImportMode', {
  description: 'When a member takes over the messages of archives that it fetched.',
  values: modes,
})

/** What an operator chose; also the data of the signal that tells of a change. */
export const ChosenSettings = builder.objectRef<Chosen>('ChosenSettings').implement({
  description: 'What an operator chose for a community. Null: nothing, so that the default counts.',
  fields: (t) => ({
    intervalSeconds: t.exposeInt('intervalSeconds', {
      nullable: true,
      description: 'How often archives are created by themselves.',
    }),
    trackers: t.expose('trackers', {
      type: ['AnnounceUrl'],
      nullable: true,
      description: 'What new torrents and magnet links name, in order.',
    }),
    graceSeconds: t.exposeInt('graceSeconds', {
      nullable: true,
      description: 'How long a replaced torrent is still served.',
    }),
    redispatchSeconds: t.exposeInt('redispatchSeconds', {
      nullable: true,
      description: 'How often the magnet link is dispatched again.',
    }),
    quotaBytes: t.expose('quotaBytes', {
      type: 'ByteCount',
      nullable: true,
      description: 'How much its newest version may take: data, index and torrent.',
    }),
    selection: t.expose('selection', {
      type: Selection,
      nullable: true,
      description: 'What a member fetches of each new version.',
    }),
    imports: t.expose('imports', {
      type: ImportMode,
      nullable: true,
      description: 'When a member takes over what it fetched.',
    }),
  }),
})

builder.objectFields(ChosenSettings, (t) => ({
  uploadBytesPerSecond: t.expose('uploadBytesPerSecond', {
    type: 'ByteCount',
    nullable: true,
    description: 'How fast its torrents are uploaded.',
  }),
  publicMagnetlinks: t.exposeBoolean('publicMagnetlinks', {
    nullable: true,
    description: 'Whether anybody may follow its magnet links, without a token.',
  }),
}))

interface ShownSettings extends SettingsInForce {
  readonly chosen: Chosen
}

const CommunitySettings = builder.objectRef<ShownSettings>('CommunitySettings').implement({
  description: 'What counts for a community: each setting as it was chosen, or else its default.',
  fields: (t) => ({
    intervalSeconds: t.exposeInt('intervalSeconds', {
      description: 'How often archives are created by themselves. By default 604800, one week.',
    }),
    trackers: t.expose('trackers', {
      type: ['AnnounceUrl'],
      description:
        "What new torrents and magnet links name, in order, behind the node's own tracker where it has one. By default the node's own setting.",
    }),
    graceSeconds: t.exposeInt('graceSeconds', {
      description: "How long a replaced torrent is still served. By default the node's own setting.",
    }),
    redispatchSeconds: t.exposeInt('redispatchSeconds', {
      description: 'How often the magnet link is dispatched again. By default 28800, eight hours.',
    }),
    quotaBytes: t.expose('quotaBytes', {
      type: 'ByteCount',
      nullable: true,
      description: 'How much its newest version may take: data, index and torrent. Null, the default: no bound.',
    }),
    selection: t.expose('selection', {
      type: Selection,
      description: 'What a member fetches of each new version. By default ALL_MISSING.',
    }),
    imports: t.expose('imports', {
      type: ImportMode,
      description: 'When a member takes over what it fetched. By default AUTOMATIC.',
    }),
    chosen: t.expose('chosen', {
      type: ChosenSettings,
      description: 'Which of them an operator chose, as changeSettings takes them.',
    }),
  }),
})

builder.objectFields(CommunitySettings, (t) => ({
  uploadBytesPerSecond: t.expose('uploadBytesPerSecond', {
    type: 'ByteCount',
    nullable: true,
    description: "How fast its torrents are uploaded. Null, the default: no bound but the node's own.",
  }),
  publicMagnetlinks: t.exposeBoolean('publicMagnetlinks', {
    description: 'Whether anybody may follow its magnet links, without a token. By default false.',
  }),
}))

builder.objectField(Community, 'settings', (t) =>
  t.field({
    type: CommunitySettings,
    description: 'What counts for it: how often it is archived, where it is announced, how much it may take.',
    resolve: ({ settings: chosen }, _args, { defaultSettings }) => ({
      ...settingsInForce(chosen, defaultSettings),
      chosen,
    }),
  }),
)
