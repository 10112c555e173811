import { readCommunity, type CommunityRow } from '../../projections/communities.ts'
import { Community } from '../nouns/community.ts'
import type { GraphqlContext } from '../context.ts'
import {
  defineResult,
  positionDescription,
  type AcceptedAnswer,
  type Granted,
  type MutationResult,
} from './mutation.ts'
import type { RefusalType } from '../refusals/refusal-spec.ts'

/** Declares the result of a wish about one community: the position, and the community as it is after. */
export function defineCommunityResult(
  name: string,
  description: string,
  refusals: readonly RefusalType[],
): MutationResult<Granted> {
  return defineResult<Granted>(name, description, refusals, (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    community: t.field({
      type: Community,
      description: 'The community, as it is now.',
      resolve: async (answer, _args, context) => readGranted(answer, context),
    }),
  }))
}

async function readGranted({ type, result }: AcceptedAnswer, { db }: GraphqlContext): Promise<CommunityRow> {
  const { communityId } = result
  const community = communityId === undefined ? null : await readCommunity(db, communityId)
  if (community === null) throw new Error(`Cannot answer ${type}: there is no community ${communityId}`)
  return community
}
