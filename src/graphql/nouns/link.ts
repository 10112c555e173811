import type { MagnetlinkReceived } from '../../domain/member-events.ts'
import type { ReceivedLinkRow, RefusedLinkRow } from '../../projections/received-links.ts'
import { builder } from '../builder.ts'
import { LinkOrigin, LinkRefusalCode } from '../scalars/member-codes.ts'
import { Community } from './community.ts'

/** What is told of a link that a member believes, in the read model and in its event alike. */
export type BelievedLink = MagnetlinkReceived['data'] & Pick<ReceivedLinkRow, 'receivedAt'>

/** A link that a member believes. */
export const ReceivedLink = builder.objectRef<BelievedLink>('ReceivedLink').implement({
  description: 'Where a member believes the newest archives to be.',
  fields: (t) => ({
    clock: t.expose('clock', { type: 'Clock', description: 'Orders the links of a community: the highest counts.' }),
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The torrent.' }),
    magnetUri: t.exposeString('magnetUri', {
      description:
        'The magnet link, built from the info hash, the trackers and the web seeds of the one that came: nothing else of that is used or kept.',
    }),
    origin: t.field({ type: LinkOrigin, description: 'How it came.', resolve: ({ origin }) => origin.type }),
    url: t.field({
      type: 'FollowUrl',
      nullable: true,
      description: 'The node that it came from; null unless that is followed.',
      resolve: ({ origin }) => (origin.type === 'FOLLOWED' ? origin.url : null),
    }),
    publicKey: t.field({
      type: 'Hex',
      nullable: true,
      description: 'The Ed25519 public key that signed; null where an operator vouches for it.',
      resolve: ({ proof }) => proof?.publicKey ?? null,
    }),
    signature: t.field({
      type: 'Hex',
      nullable: true,
      description:
        'What proves it: as in `Magnetlink`, or where the origin is DHT, as BEP 44 has it. Null where an operator vouches for it.',
      resolve: ({ proof }) => proof?.signature ?? null,
    }),
    signedTextSha256: t.field({
      type: 'Hex',
      nullable: true,
      description:
        'SHA-256 of the text that was signed, where the link that came was written in another way than `magnetUri`: who has it can show it. Null where the signature is over `magnetUri`, and where nobody signed.',
      resolve: ({ proof }) => proof?.signedTextSha256 ?? null,
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it was recorded.' }),
  }),
})

const RefusedLink = builder.objectRef<RefusedLinkRow>('RefusedLink').implement({
  description: 'Links that are not believed, for one reason, since the newest one that is.',
  fields: (t) => ({
    code: t.expose('code', { type: LinkRefusalCode, description: 'Why not.' }),
    origin: t.expose('origin', { type: LinkOrigin, description: 'How the first of them came.' }),
    clock: t.expose('clock', {
      type: 'Clock',
      nullable: true,
      description: 'The clock that the first of them named; null where that could not be read.',
    }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When the first of them was recorded.' }),
    count: t.int({
      description: 'How many came in since the node started.',
      resolve: ({ communityId, code }, _args, { members }) => members.refusedLinks(communityId, code),
    }),
  }),
})

builder.objectFields(Community, (t) => ({
  link: t.field({
    type: ReceivedLink,
    nullable: true,
    description: 'Where a member believes its newest archives to be; null before the first link.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.link.load(communityId),
  }),
  refusedLinks: t.field({
    type: [RefusedLink],
    description: 'Why links were not believed since that one, one for each reason.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.refusedLinks.load(communityId),
  }),
}))
