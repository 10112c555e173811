import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { ParkableReactor } from '../nouns/parked-reactor.ts'
import { defineCommunityResult } from './community-result.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'

const wishes = {
  RetryParked: {
    description: 'Has parked work tried again at once, from its first try on; also work that skipParked left undone.',
    granted: 'The work is tried again.',
  },
  SkipParked: {
    description:
      'Leaves parked work undone, and withdraws the wish for it: SEEDING as withdrawSeeding, DOWNLOADING as cancelDownload, IMPORTING ends the import as it is. DISPATCHING and REPAIRING stay undone until something about the community changes, or retryParked.',
    granted: 'The work is left undone.',
  },
} as const

for (const [wish, spec] of Object.entries(wishes)) declareParkingWish(wish as keyof typeof wishes, spec)

function declareParkingWish(
  wish: keyof typeof wishes,
  { description, granted }: { readonly description: string; readonly granted: string },
): void {
  const result = defineCommunityResult(wish, granted, ['CommunityNotFound', 'NothingParked'])
  builder.mutationField(wish.charAt(0).toLowerCase() + wish.slice(1), (t) =>
    t.field({
      ...allow('OPERATOR'),
      type: result.ref,
      description,
      args: {
        reactor: t.arg({ type: ParkableReactor, required: true, description: 'What kind of work.' }),
        communityId: communityIdArg(t.arg),
        idempotencyKey: idempotencyKeyArg(t.arg),
      },
      resolve: async (_root, { reactor, communityId, idempotencyKey }, context) => {
        const command = { type: wish, communityId, reactor } as const
        return result.answer(await context.execute(command, metaOf(context, idempotencyKey, command)), communityId)
      },
    }),
  )
}
