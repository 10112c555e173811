import { ReceivedLink } from '../nouns/link.ts'
import { builder } from '../builder.ts'
import { LinkOrigin, LinkRefusalCode } from '../scalars/member-codes.ts'
import { defineSignal, Signal, type SignalOf } from './signal.ts'
import { TorrentSignal } from './torrent-signal.ts'

const FollowSignal = builder
  .interfaceRef<SignalOf<'NodeFollowed' | 'NodeUnfollowed' | 'NodeKeyPinned'>>('FollowSignal')
  .implement({
    description: 'Something that happened to a node that is followed.',
    interfaces: [Signal],
    fields: (t) => ({
      url: t.field({
        type: 'FollowUrl',
        description: 'The API of the node.',
        resolve: ({ recorded }) => recorded.event.data.url,
      }),
    }),
  })

defineSignal('NodeFollowed', 'NodeFollowed', {
  description: 'Links of the community are taken from this node.',
  interfaces: [FollowSignal],
  fields: (t) => ({
    nodeKey: t.field({
      type: 'Hex',
      nullable: true,
      description: 'The key that has to sign its links; null where the first one is pinned.',
      resolve: ({ recorded }) => recorded.event.data.nodeKey,
    }),
  }),
})

defineSignal('NodeUnfollowed', 'NodeUnfollowed', {
  description: 'Links are no longer taken from this node.',
  interfaces: [FollowSignal],
})

defineSignal('NodeKeyPinned', 'NodeKeyPinned', {
  description: 'A followed node signed its first link: it has to sign with this key from here on.',
  interfaces: [FollowSignal],
  fields: (t) => ({
    nodeKey: t.field({
      type: 'Hex',
      description: 'The Ed25519 public key, 32 bytes. Compare it with what the operator of the node says.',
      resolve: ({ recorded }) => recorded.event.data.nodeKey,
    }),
  }),
})

defineSignal('MagnetlinkReceived', 'MagnetlinkReceived', {
  description: 'A member learnt where the newest archives are, and believes it.',
  interfaces: [TorrentSignal],
  fields: (t) => ({
    link: t.field({
      type: ReceivedLink,
      description: 'What it was told.',
      resolve: ({ recorded: { event, recordedAt } }) => ({ ...event.data, receivedAt: recordedAt }),
    }),
  }),
})

defineSignal('MagnetlinkRefused', 'MagnetlinkRefused', {
  description: 'A member was told of a link that it does not believe. Told once for each reason since it believed one.',
  fields: (t) => ({
    code: t.field({
      type: LinkRefusalCode,
      description: 'Why not.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
    origin: t.field({
      type: LinkOrigin,
      description: 'How it came.',
      resolve: ({ recorded }) => recorded.event.data.origin,
    }),
    clock: t.field({
      type: 'Clock',
      nullable: true,
      description: 'The clock that it named; null where that could not be read.',
      resolve: ({ recorded }) => recorded.event.data.clock,
    }),
  }),
})
