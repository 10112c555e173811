import { parseBearerToken, type BearerToken } from '../../domain/bearer-token.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { inputError } from '../scalars/input-error.ts'
import { defineCommunityResult } from './community-result.ts'
import { fixedHex } from './hex-input.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'

const FollowNodeResult = defineCommunityResult('FollowNode', 'Links of the community are taken from this node.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'NotMember',
  'TooManyFollows',
  'AddressRefused',
  'FollowNotEncrypted',
])

builder.mutationField('followNode', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: FollowNodeResult.ref,
    description:
      'Takes magnet links of a community from the API of its control node, as long as this node is a member. A node that is a member itself passes no links on. Followed already, it takes another token or key.',
    args: {
      communityId: communityIdArg(t.arg),
      url: t.arg({ type: 'FollowUrl', required: true, description: "The other node's API, `/graphql` included." }),
      nodeKey: t.arg({
        type: 'Hex',
        required: false,
        description:
          'The Ed25519 public key that has to sign its links, 32 bytes. Null: keep the one that is pinned, or pin the first. A native community signs with its own, so that none counts.',
      }),
      token: t.arg.string({
        required: false,
        description:
          'What lets this node in there: over wss:// alone, save where the settings allow the local network. Kept as a secret and shown to nobody else. Null: keep what there is.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, url, nodeKey, token, idempotencyKey }, context) => {
      const wish = { communityId, url, nodeKey: fixedHex('nodeKey', nodeKey, 32) }
      // Not even a digest of the token is kept with the receipt.
      const meta = metaOf(context, idempotencyKey, { ...wish, hasToken: token != null })
      const outcome = await context.wishes.followNode({ ...wish, token: tokenOf(token) }, meta)
      return FollowNodeResult.answer(outcome, communityId)
    },
  }),
)

/** No scalar of its own: those repeat in errors what they cannot read. */
function tokenOf(text: string | null | undefined): BearerToken | null {
  if (text == null) return null
  const token = parseBearerToken(text)
  if (token.ok) return token.value
  throw inputError('token', 'Argument "token" must be 1 to 1024 letters, digits or signs of a bearer token (RFC 6750).')
}

const UnfollowNodeResult = defineCommunityResult('UnfollowNode', 'No links are taken from this node.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'NotMember',
])

builder.mutationField('unfollowNode', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: UnfollowNodeResult.ref,
    description: 'Takes no more links of a community from a node, and forgets the key and the token for it.',
    args: {
      communityId: communityIdArg(t.arg),
      url: t.arg({ type: 'FollowUrl', required: true, description: 'The API of the node, as it is followed.' }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, url, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId, url })
      return UnfollowNodeResult.answer(await context.wishes.unfollowNode(communityId, url, meta), communityId)
    },
  }),
)
