import { isLive } from '../../domain/access-token.ts'
import type { Position } from '../../events/recorded-event.ts'
import { readTokens, type TokenRow } from '../../projections/tokens.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { AccessRole } from '../scalars/access-role.ts'
import { cursorMalformed } from '../scalars/cursor.ts'
import { readPage } from '../scalars/page.ts'

const TokenState = builder.enumType('TokenState', {
  description: 'Whether a token can be used.',
  values: {
    ACTIVE: { description: 'It can.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'It was revoked.' },
  } as const,
})

/** What lets somebody in. What it is recognised by is shown to nobody. */
export const Token = builder.objectRef<TokenRow>('Token').implement({
  description: 'A token, which lets whoever has its secret speak to this API. The secret itself is kept nowhere.',
  fields: (t) => ({
    tokenId: t.expose('tokenId', {
      type: 'TokenId',
      description: 'Its id, which is no secret: what its holder wishes is recorded as of the actor token:<id>.',
    }),
    role: t.expose('role', { type: AccessRole, description: 'What its holder may do.' }),
    communityIds: t.expose('communityIds', {
      type: ['CommunityId'],
      nullable: true,
      description: 'For which communities; null for all, and for the node as a whole.',
    }),
    state: t.field({
      type: TokenState,
      description: 'Whether it can be used now.',
      resolve: ({ revokedAt, expiresAt }, _args, { now }) => {
        if (revokedAt !== null) return 'REVOKED'
        return isLive({ isRevoked: false, expiresAt }, now()) ? 'ACTIVE' : 'EXPIRED'
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.expose('createdBy', { type: 'Actor', description: 'Who had it made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its time is over; null where it is good until it is revoked.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null where it was not.',
    }),
  }),
})

builder.queryField('tokens', (t) =>
  t.connection(
    {
      ...allow('AUDITOR'),
      type: Token,
      description: 'All tokens that were ever made, in that order.',
      resolve: async (_root, args, { db, turns }) =>
        readPage<TokenRow>(
          args,
          ({ position }) => tokenCursor(position),
          async ({ after, before, limit, inverted }) => {
            const range = { after: parseTokenCursor(after), before: parseTokenCursor(before) }
            const rows = await readTokens(db, { ...range, [inverted ? 'last' : 'first']: limit })
            return inverted ? rows.toReversed() : rows
          },
          turns,
        ),
    },
    { name: 'TokenConnection', description: 'A page of tokens.' },
    { name: 'TokenEdge', description: 'A token and its place in the list.' },
  ),
)

function tokenCursor(position: Position): string {
  return Buffer.from(`token:${position}`).toString('base64url')
}

function parseTokenCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined
  const [, digits] = /^token:(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (digits === undefined) throw cursorMalformed('a cursor that `tokens` gave out')
  return Number(digits) as Position
}
