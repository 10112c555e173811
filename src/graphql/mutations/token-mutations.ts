import type { TokenId } from '../../domain/access-token.ts'
import { ok } from '../../domain/result.ts'
import type { Position } from '../../events/recorded-event.ts'
import { readToken, type TokenRow } from '../../projections/tokens.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf, type GraphqlContext } from '../context.ts'
import { Token } from '../nouns/token.ts'
import { AccessRole } from '../scalars/access-role.ts'
import type { CreatedToken } from '../token-wishes.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription } from './mutation.ts'

const CreateTokenResult = defineResult<CreatedToken>(
  'CreateToken',
  'The token is good from now on.',
  ['RoleIsNodeWide', 'TokenCommunitiesMissing', 'TooManyTokenCommunities', 'ExpiryNotInFuture', 'TooManyTokens'],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    secret: t.exposeString('secret', {
      nullable: true,
      description:
        'What its holder sends, as Authorization: Bearer <secret>. It is given once and kept nowhere: null where the wish was granted before, under the same key. Who has lost it revokes the token, and makes another.',
    }),
    token: t.field({
      type: Token,
      description: 'The token.',
      resolve: async ({ tokenId }, _args, context) => tokenOf(tokenId, context),
    }),
  }),
)

builder.mutationField('createToken', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: CreateTokenResult.ref,
    description: 'Makes a token, which lets whoever has its secret speak to this API.',
    args: {
      role: t.arg({ type: AccessRole, required: true, description: 'What its holder may do.' }),
      communityIds: t.arg({
        type: ['CommunityId'],
        required: false,
        description:
          'For which communities, 100 at most; null for all, and for the node as a whole. An AUDITOR and an ADMIN have none.',
      }),
      expiresAt: t.arg({
        type: 'DateTime',
        required: false,
        description: 'When its time is over; null where it is to be good until it is revoked.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { idempotencyKey, role, communityIds, expiresAt }, context) => {
      const input = { role, communityIds: communityIds ?? null, expiresAt: expiresAt ?? null }
      const created = await context.wishes.createToken(input, metaOf(context, idempotencyKey, input))
      return CreateTokenResult.answer(created, null)
    },
  }),
)

interface RevokedToken {
  readonly position: Position | null
  readonly tokenId: TokenId
}

const RevokeTokenResult = defineResult<RevokedToken>(
  'RevokeToken',
  'The token is good for nothing from now on.',
  ['TokenNotFound'],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    token: t.field({
      type: Token,
      description: 'The token.',
      resolve: async ({ tokenId }, _args, context) => tokenOf(tokenId, context),
    }),
  }),
)

builder.mutationField('revokeToken', (t) =>
  t.field({
    ...allow('ADMIN'),
    type: RevokeTokenResult.ref,
    description: 'Has a token be good for nothing from now on: what its holder has open is ended.',
    args: {
      tokenId: t.arg({ type: 'TokenId', required: true, description: 'The token.' }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { idempotencyKey, tokenId }, context) => {
      const command = { type: 'RevokeToken', tokenId } as const
      const revoked = await context.execute(command, metaOf(context, idempotencyKey, command))
      return RevokeTokenResult.answer(revoked.ok ? ok({ position: revoked.value.position, tokenId }) : revoked, null)
    },
  }),
)

async function tokenOf(tokenId: TokenId, { db }: Pick<GraphqlContext, 'db'>): Promise<TokenRow> {
  const token = await readToken(db, tokenId)
  if (token === null) throw new Error(`Cannot find token ${tokenId}, about which a wish was granted`)
  return token
}
