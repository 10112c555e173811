import { readCurrentMagnetlink, type MagnetlinkRow } from '../../projections/magnetlinks.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { formatCursor } from '../scalars/cursor.ts'

/** A dispatched magnet link with all that proves who dispatched it. */
export const Magnetlink = builder.objectRef<MagnetlinkRow>('Magnetlink').implement({
  description: 'What the control node told the community: where its archives are, and a signature that proves it.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Where its event stands: give it as `after` to `magnetlinks` or `signals` to go on from there.',
      resolve: ({ position }, _args, context) => formatCursor(position, context),
    }),
    communityId: t.expose('communityId', { type: 'CommunityId', description: 'The community that was told.' }),
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The torrent.' }),
    clock: t.expose('clock', { type: 'Clock', description: 'Orders the links of a community: the highest counts.' }),
    magnetUri: t.exposeString('magnetUri', { description: 'The magnet link.' }),
    publicKey: t.expose('publicKey', { type: 'Hex', description: 'The Ed25519 public key that signed, 32 bytes.' }),
    signature: t.expose('signature', {
      type: 'Hex',
      description:
        'Ed25519, 64 bytes, over the UTF-8 text "seedbank-announcement-v1", communityId, clock and magnetUri, joined by line feeds.',
    }),
    dispatchedAt: t.expose('dispatchedAt', { type: 'DateTime', description: 'When the dispatch was recorded.' }),
    position: t.expose('position', { type: 'Position', description: 'The event that is the dispatch.' }),
  }),
})

builder.queryField('currentMagnetlink', (t) =>
  t.field({
    ...allow('PUBLIC_MAGNETLINKS'),
    type: Magnetlink,
    nullable: true,
    description: 'The link of a community with the highest clock; null before the first.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    resolve: async (_root, { communityId }, { db }) => readCurrentMagnetlink(db, communityId),
  }),
)
