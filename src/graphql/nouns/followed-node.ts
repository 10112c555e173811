import type { FollowRow } from '../../projections/follows.ts'
import { builder } from '../builder.ts'
import type { FollowState as State } from '../members.ts'
import { FollowFailureCode } from '../scalars/member-codes.ts'
import { Community } from './community.ts'

const states: { readonly [Status in State['status']]: { readonly description: string } } = {
  CONNECTING: { description: 'A connection is being made.' },
  CONNECTED: { description: 'It is listened to.' },
  WAITING: { description: 'It failed, and is tried again later.' },
}

const FollowState = builder.enumType('FollowState', {
  description: 'What following a node has come to.',
  values: states,
})

/** With what is sampled of it. */
interface ShownFollow extends FollowRow {
  readonly state: State | null
}

const FollowedNode = builder.objectRef<ShownFollow>('FollowedNode').implement({
  description: 'Another Seedbank, whose magnet links of a community are taken.',
  fields: (t) => ({
    url: t.expose('url', { type: 'FollowUrl', description: 'Its API.' }),
    nodeKey: t.expose('nodeKey', {
      type: 'Hex',
      nullable: true,
      description:
        'The Ed25519 public key that has to sign its links: compare it with what its operator says. Null until one is pinned; a native community has its own.',
    }),
    since: t.expose('followedAt', { type: 'DateTime', description: 'Since when it is followed.' }),
    state: t.field({
      type: FollowState,
      nullable: true,
      description: 'What that has come to; null while the community is paused.',
      resolve: ({ state }) => state?.status ?? null,
    }),
    code: t.field({
      type: FollowFailureCode,
      nullable: true,
      description: 'Why it failed; null unless its state is WAITING.',
      resolve: ({ state }) => (state?.status === 'WAITING' ? state.code : null),
    }),
    nextTryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again; null unless its state is WAITING.',
      resolve: ({ state }) => (state?.status === 'WAITING' ? state.nextTryAt : null),
    }),
  }),
})

builder.objectField(Community, 'follows', (t) =>
  t.field({
    type: [FollowedNode],
    description: 'The nodes whose links a member takes, in the order of their URLs.',
    resolve: async ({ communityId }, _args, { loaders, members }) =>
      (await loaders.follows.load(communityId)).map((row) => ({
        ...row,
        state: members.followState(communityId, row.url),
      })),
  }),
)
