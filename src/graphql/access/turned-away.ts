import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import type { Grant } from '../../domain/access.ts'
import { grantOf, type Asking } from './readable.ts'
import { rules, type Rule } from './rules.ts'
import { ruleOf } from './rule-of.ts'

/**
 * The error of a field whose rule did not let the caller through: `UNAUTHENTICATED` where nobody in particular asks, else
 * `FORBIDDEN`. It depends on the caller and the arguments alone, and so tells nothing of what there is.
 */
export function turnedAway(context: Asking, { parentType, fieldName }: GraphQLResolveInfo): GraphQLError {
  const asked = parentType.getFields()[fieldName]
  const rule = ruleOf(asked)
  if (asked === undefined || rule === null)
    throw new Error(`Cannot turn away from ${parentType.name}.${fieldName}: it has no rule`)
  const field = `${parentType.name}.${fieldName}`
  const grant = grantOf(context)
  const { takes, takesOfNode = takes }: Rule = rules[rule]
  const isOfCommunity = asked.args.some(({ name }) => name === 'communityId')
  const wanted = `${field} takes ${isOfCommunity ? takes : takesOfNode}`
  return grant === null
    ? refused('UNAUTHENTICATED', `${wanted}. Send a token, as "Authorization: Bearer <token>".`, { field, rule })
    : refused('FORBIDDEN', `${wanted}. The role of this token is ${inWords(grant)}.`, { field, rule })
}

function refused(
  code: string,
  message: string,
  about: { readonly field: string; readonly rule: string },
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...about } })
}

function inWords({ role, communityIds }: Grant): string {
  if (communityIds === null) return role
  return `${role} of ${communityIds.length === 1 ? 'one community' : `${communityIds.length} communities`}`
}
