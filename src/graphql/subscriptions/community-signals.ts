import { ChosenSettings } from '../nouns/community-settings.ts'
import { Role } from '../scalars/role.ts'
import { defineSignal } from './signal.ts'

defineSignal('CommunityAdded', 'CommunityAdded', {
  description: 'This node takes part in the community.',
  fields: (t) => ({
    role: t.field({
      type: Role,
      description: 'What this node is to it.',
      resolve: ({ recorded }) => recorded.event.data.role,
    }),
  }),
})

defineSignal('CommunityLeft', 'CommunityLeft', {
  description: 'This node no longer takes part in the community.',
})

defineSignal('CommunityPurged', 'CommunityPurged', {
  description:
    'The files of its archives are deleted, or will be at the next start, and the nodes forgotten that it follows. It was left before.',
})

defineSignal('CommunityForgotten', 'CommunityForgotten', {
  description:
    'Its messages, its keys and tokens, and whatever else was kept of it beside the log are gone from this node, or will be at the next start. It was purged before.',
})

defineSignal('SettingsChanged', 'SettingsChanged', {
  description: 'An operator chose other settings for the community.',
  fields: (t) => ({
    chosen: t.field({
      type: ChosenSettings,
      description: 'All that is chosen from here on.',
      resolve: ({ recorded }) => recorded.event.data,
    }),
  }),
})

defineSignal('ArchivingEnabled', 'ArchivingEnabled', { description: 'The community opted in to archives.' })
defineSignal('ArchivingDisabled', 'ArchivingDisabled', { description: 'The community opted out of archives.' })

defineSignal('ProtocolEnabled', 'HistoryArchivesProtocolEnabled', {
  description: 'Archiving was switched on for the whole node.',
})

defineSignal('ProtocolDisabled', 'HistoryArchivesProtocolDisabled', {
  description: 'Archiving was switched off for the whole node.',
})

defineSignal('TorrentClientDown', 'TorrentClientDown', {
  description: "The torrent client's process is gone: nothing is served until it is back.",
  fields: (t) => ({
    exitCode: t.int({
      nullable: true,
      description: 'What it exited with, if it did.',
      resolve: ({ recorded }) => recorded.event.data.exitCode,
    }),
    signal: t.string({
      nullable: true,
      description: 'What ended it, if it did not exit.',
      resolve: ({ recorded }) => recorded.event.data.signal,
    }),
  }),
})

defineSignal('TorrentClientUp', 'TorrentClientUp', { description: "The torrent client's process is back." })

defineSignal('LogRestored', 'LogRestored', {
  description:
    'The log was brought back from a back-up: what was recorded behind the event before this one is not part of it.',
  fields: (t) => ({
    incarnation: t.field({
      type: 'Uuid',
      description: 'Names the log from here on.',
      resolve: ({ recorded }) => recorded.event.data.incarnation,
    }),
    clockFloor: t.field({
      type: 'Clock',
      description: 'No magnet link is dispatched with a clock below it.',
      resolve: ({ recorded }) => recorded.event.data.clockFloor,
    }),
  }),
})
