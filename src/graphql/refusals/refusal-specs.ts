import { archivingRefusals } from './archiving-refusals.ts'
import { memberRefusals } from './member-refusals.ts'
import { tokenRefusals } from './token-refusals.ts'
import { webhookRefusals } from './webhook-refusals.ts'
import { field, roleField, type RefusalSpecs, type RefusalType } from './refusal-spec.ts'

/** Every refusal: a new one is an entry here, which the compiler demands. */
export const refusalSpecs: RefusalSpecs<RefusalType> = {
  ...archivingRefusals,
  ...memberRefusals,
  ...tokenRefusals,
  ...webhookRefusals,
  CommunityNotFound: {
    description: 'This node does not know the community.',
    message: (_refusal, where) => `${where} is not known to this node: add it first with addCommunity.`,
    fields: {},
  },
  CommunityWasLeft: {
    description: 'This node left the community. Adding it again brings it back.',
    message: (_refusal, where) => `${where} was left: add it again with addCommunity.`,
    fields: {},
  },
  CommunityAlreadyAdded: {
    description: 'The community is here already, and not as wished.',
    message: ({ role }, where) =>
      `${where} was added already as ${role}, and not as wished: leave it first to change the role; changeContentTopics and enableArchiving change the rest.`,
    fields: {
      role: roleField('The role it has now.', ({ role }) => role),
    },
  },
  CommunityIdMissing: {
    description: 'A member names the community that it joins.',
    message: () => 'A MEMBER joins a community that exists: give its communityId, or make a new one as CONTROL_NODE.',
    fields: {},
  },
  CommunityKeyMissing: {
    description: 'A control node signs with the private key of its native community, and this node does not hold it.',
    message: (_refusal, where) =>
      `${where} is native and its private key is not on this node: put the key there, or add it as MEMBER.`,
    fields: {},
  },
  ContentTopicRepeated: {
    description: 'The same content topic stands twice in the list.',
    message: ({ contentTopic }) => `Content topic ${contentTopic} stands twice in contentTopics: name each once.`,
    fields: {
      contentTopic: field('ContentTopic', 'The one that stands twice.', ({ contentTopic }) => contentTopic),
    },
  },
  TooManyContentTopics: {
    description: 'More content topics than a community can have.',
    message: ({ limit }) => `There are more than ${limit} contentTopics: a community has at most ${limit}.`,
    fields: {
      limit: field('Int', 'How many there can be.', ({ limit }) => limit),
    },
  },
  SettingOutOfRange: {
    description: 'A setting is less than its least value, more than its most, or no whole number.',
    message: ({ setting, least, most }) => `${setting} must be a whole number from ${least} to ${most}.`,
    fields: {
      setting: field('String', 'The name of the setting.', ({ setting }) => setting),
      least: field('ByteCount', 'The least that it can be.', ({ least }) => least),
      most: field('ByteCount', 'The most that it can be.', ({ most }) => most),
    },
  },
  TooManyTrackers: {
    description: 'More trackers than a community can have.',
    message: ({ limit }) => `There are more than ${limit} trackers: a community has at most ${limit}.`,
    fields: {
      limit: field('Int', 'How many there can be.', ({ limit }) => limit),
    },
  },
  CommunityNotLeft: {
    description: 'A community is purged and forgotten only once it was left.',
    message: (_refusal, where) => `${where} is not left: leave it first with leaveCommunity.`,
    fields: {},
  },
  CommunityNotPurged: {
    description: 'A community is forgotten only once its files were purged.',
    message: (_refusal, where) => `${where} is not purged: purge it first with purgeCommunity.`,
    fields: {},
  },
  StillServed: {
    description: 'A torrent of the community is still recorded as served.',
    message: (_refusal, where) => `${where} has a torrent that is still being dropped: try again in a moment.`,
    fields: {},
  },
  NoArchiveYet: {
    description: 'The community has no archive that could be served.',
    message: (_refusal, where) => `${where} has no archive yet: create one with createArchive.`,
    fields: {},
  },
  SeedingIsWithdrawn: {
    description: "An operator withdrew the community's seeding.",
    message: (_refusal, where) => `${where} has its seeding withdrawn: ask for it again with requestSeeding.`,
    fields: {},
  },
  TorrentNotServed: {
    description: 'Nothing is announced that is not served.',
    message: (_refusal, where) => `${where} has no torrent that is served now: try again once its seeding started.`,
    fields: {},
  },
  ClockNotHigher: {
    description: 'The clock is not above the last one.',
    message: ({ last }, where) => `${where} was announced with clock ${last} meanwhile: try again.`,
    fields: {
      last: field('Clock', 'The highest clock so far.', ({ last }) => last),
    },
  },
  NothingParked: {
    description: 'No work of this kind is parked for the community.',
    message: (_refusal, where) => `${where} has no work of this kind parked: parkedReactors of status names what is.`,
    fields: {},
  },
  LogAltered: {
    description: 'The log is not what was written, or not what was signed.',
    message: () => 'The log was altered, and is not vouched for: see where with seedbank verify-log.',
    fields: {},
  },
  RebuildIsRunning: {
    description: 'The read models are being rebuilt already.',
    message: () => 'The read models are being rebuilt already: `rebuild` of status tells how far it is.',
    fields: {},
  },
  IdempotencyKeyReused: {
    description: 'The key was used before, for another wish.',
    message: ({ key }) => `The idempotencyKey ${JSON.stringify(key)} was used for another wish: use a new key.`,
    fields: {
      key: field('String', 'The key.', ({ key }) => key),
    },
  },
}
