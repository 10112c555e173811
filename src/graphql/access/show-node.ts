import type { GraphQLResolveInfo } from 'graphql'
import type { CommunityId } from '../../domain/community-id.ts'
import type { GraphqlContext } from '../context.ts'
import { ruleOf } from './rule-of.ts'
import { rules } from './rules.ts'

interface GlobalId {
  readonly typename: string
  readonly id: string
}

/** Finds what a global id names, whoever asks. */
export type LoadNode = (id: GlobalId, context: GraphqlContext, info: GraphQLResolveInfo) => Promise<unknown>

/**
 * Finds what a global id names, for a caller whom the rule of its type lets through.
 *
 * @returns Null for all others, as where there is nothing: who may not read of it does not learn whether it is there.
 */
export async function showNode(
  id: GlobalId,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
  load: LoadNode,
): Promise<unknown> {
  const name = ruleOf(info.schema.getType(id.typename))
  if (name === null || !(await rules[name].isLetThrough(context, null))) return null
  const found = await load(id, context, info)
  if (name !== 'READER') return found
  // What tells no community is shown to nobody.
  return isOfCommunity(found) && (await rules.READER.isLetThrough(context, found.communityId)) ? found : null
}

function isOfCommunity(found: unknown): found is { readonly communityId: CommunityId } {
  return typeof found === 'object' && found !== null && 'communityId' in found
}
