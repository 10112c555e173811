import { identityOf, type CommunityId } from '../../domain/community-id.ts'
import type { Signature } from '../../domain/magnet.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { inputError } from '../scalars/input-error.ts'
import { defineCommunityResult } from './community-result.ts'
import { fixedHex } from './hex-input.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'

const SubmitMagnetlinkResult = defineCommunityResult(
  'SubmitMagnetlink',
  'The link is believed, or one that is as new or newer was before.',
  [
    'CommunityNotFound',
    'CommunityWasLeft',
    'NotMember',
    'MagnetlinkMalformed',
    'OtherCommunity',
    'AddressRefused',
    'SignatureMissing',
    'SignatureInvalid',
    'ClockConflict',
    'ClockAhead',
  ],
)

builder.mutationField('submitMagnetlink', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: SubmitMagnetlinkResult.ref,
    description:
      'Hands over a magnet link that was announced elsewhere. The newest link is fetched, once no newer one came for a moment. Of it the info hash, the trackers and the web seeds are used alone.',
    args: {
      communityId: communityIdArg(t.arg),
      magnetUri: t.arg.string({ required: true, description: 'The magnet link, as it was announced.' }),
      clock: t.arg({
        type: 'Clock',
        required: true,
        description: 'Orders the links of a community. One that is not above the last changes nothing.',
      }),
      publicKey: t.arg({
        type: 'Hex',
        required: false,
        description: 'The Ed25519 public key that signed, 32 bytes. Null: that of the community, where it is native.',
      }),
      signature: t.arg({
        type: 'Hex',
        required: false,
        description:
          'What proves the link, as `Magnetlink` has it, 64 bytes. A native community demands it; for another one the client vouches.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, magnetUri, clock, publicKey, signature, idempotencyKey }, context) => {
      const proof = proofOf(communityId, fixedHex('publicKey', publicKey, 32), fixedHex('signature', signature, 64))
      const input = { communityId, magnetUri, clock, proof }
      const outcome = await context.wishes.submitMagnetlink(input, metaOf(context, idempotencyKey, input))
      return SubmitMagnetlinkResult.answer(outcome, communityId)
    },
  }),
)

/** The id of a native community is its key, so that nobody need send it. */
function proofOf(communityId: CommunityId, publicKey: string | null, signature: string | null): Signature | null {
  const isNative = identityOf(communityId) === 'NATIVE'
  const key = publicKey ?? (isNative ? communityId.slice('0x'.length) : null)
  if (signature !== null && key !== null) return { publicKey: key, signature }
  if (signature === null && (publicKey === null || isNative)) return null
  throw inputError('signature', 'Give both "publicKey" and "signature", or neither.')
}
