import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { defineCommunityResult } from './community-result.ts'
import { metaOf } from '../context.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import type { RefusalType } from '../refusals/refusal-spec.ts'

/** A wish that says no more than its name and the community's. */
type PlainWish = 'LeaveCommunity' | 'EnableArchiving' | 'DisableArchiving' | 'RequestSeeding' | 'WithdrawSeeding'

const plainWishes: {
  readonly [Wish in PlainWish]: {
    readonly description: string
    readonly granted: string
    readonly refusals: readonly RefusalType[]
  }
} = {
  LeaveCommunity: {
    description:
      'Takes no part in the community any longer: a run is stopped, nothing is seeded. Its files and clock are kept; purgeCommunity deletes the files.',
    granted: 'This node no longer takes part in the community.',
    refusals: ['CommunityNotFound'],
  },
  EnableArchiving: {
    description: 'Opts the community in to archives. The wish about its seeding is what it was before.',
    granted: 'The community is opted in.',
    refusals: ['CommunityNotFound', 'CommunityWasLeft'],
  },
  DisableArchiving: {
    description: 'Opts the community out: a run is stopped, nothing is created, fetched or seeded.',
    granted: 'The community is opted out.',
    refusals: ['CommunityNotFound', 'CommunityWasLeft'],
  },
  RequestSeeding: {
    description: "Wants the community's archives seeded; undoes withdrawSeeding.",
    granted: 'The archives of the community are to be seeded.',
    refusals: ['CommunityNotFound', 'CommunityWasLeft', 'ArchivingIsDisabled', 'NoArchiveYet'],
  },
  WithdrawSeeding: {
    description:
      'Wants nothing of the community seeded until requestSeeding, not even a new archive. None is created by itself meanwhile.',
    granted: 'Nothing of the community is to be seeded.',
    refusals: ['CommunityNotFound', 'CommunityWasLeft'],
  },
}

for (const [wish, spec] of Object.entries(plainWishes)) declarePlainWish(wish as PlainWish, spec)

function declarePlainWish(wish: PlainWish, { description, granted, refusals }: (typeof plainWishes)[PlainWish]): void {
  const result = defineCommunityResult(wish, granted, refusals)
  builder.mutationField(wish.charAt(0).toLowerCase() + wish.slice(1), (t) =>
    t.field({
      ...allow('OPERATOR'),
      type: result.ref,
      description,
      args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
      resolve: async (_root, { communityId, idempotencyKey }, context) => {
        const command = { type: wish, communityId } as const
        return result.answer(await context.execute(command, metaOf(context, idempotencyKey, command)), communityId)
      },
    }),
  )
}
