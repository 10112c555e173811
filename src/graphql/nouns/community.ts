import { identityOf, parseCommunityId } from '../../domain/community-id.ts'
import { readCommunity, type CommunityRow } from '../../projections/communities.ts'
import { shownTo } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { millisOf } from '../scalars/date-time.ts'
import { Role } from '../scalars/role.ts'

/** Whether this node takes part in a community. */
export const CommunityStatus = builder.enumType('CommunityStatus', {
  description: 'Whether this node takes part in a community.',
  values: {
    ADDED: { description: 'It takes part.' },
    LEFT: { description: 'It once did. The clock is kept, and the files until purgeCommunity.' },
  } as const,
})

const Identity = builder.enumType('Identity', {
  description: 'Whose key the id of a community is, and so who can sign for it.',
  values: {
    NATIVE: { description: 'An Ed25519 key of its own, which signs every magnet link.' },
    FOREIGN: { description: 'A secp256k1 key from elsewhere: the control node signs with its node key.' },
  } as const,
})

/** Whether something is switched on. */
export const Switch = builder.enumType('Switch', {
  description: 'Whether something is switched on.',
  values: { ENABLED: { description: 'It is on.' }, DISABLED: { description: 'It is off.' } } as const,
})

/** What an operator last wished about a community's seeding. */
export const SeedingWish = builder.enumType('SeedingWish', {
  description: "What an operator last wished about a community's seeding.",
  values: {
    REQUESTED: { description: 'To be seeded whenever there is an archive. It is so at first.' },
    WITHDRAWN: { description: 'Not to be seeded until requestSeeding.' },
  } as const,
})

/** A community that this node takes part in, or once did. */
export const Community = builder.node(builder.objectRef<CommunityRow>('Community'), {
  ...shownTo('READER'),
  description: 'A community whose history this node keeps alive, or once did.',
  id: { resolve: ({ communityId }) => communityId },
  loadWithoutCache: async (id, { db }) => {
    const parsed = parseCommunityId(id)
    return parsed.ok ? readCommunity(db, parsed.value) : null
  },
  fields: (t) => ({
    communityId: t.expose('communityId', { type: 'CommunityId', description: 'The public key that names it.' }),
    identity: t.field({
      type: Identity,
      description: 'Whose key its id is.',
      resolve: ({ communityId }) => identityOf(communityId),
    }),
    status: t.expose('status', { type: CommunityStatus, description: 'Whether this node takes part in it.' }),
    role: t.expose('role', { type: Role, description: 'What this node is to it, or was last.' }),
    contentTopics: t.expose('contentTopics', {
      type: ['ContentTopic'],
      description: 'The topics whose messages belong to it, in its order.',
    }),
    archiving: t.expose('archiving', { type: Switch, description: 'Whether it opted in to archives.' }),
    seeding: t.expose('seeding', { type: SeedingWish, description: 'What was last wished about its seeding.' }),
    archivedUpTo: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Where the last run that ended well ended, and the next begins; null before the first.',
      resolve: ({ archivedUpTo }) => (archivedUpTo === null ? null : millisOf(archivedUpTo)),
    }),
    addedAt: t.expose('addedAt', { type: 'DateTime', description: 'When it was added, the last time.' }),
    leftAt: t.expose('leftAt', { type: 'DateTime', nullable: true, description: 'When it was left, if it was.' }),
    forgottenAt: t.expose('forgottenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was forgotten; null where it was not, or was added again since.',
    }),
  }),
})
