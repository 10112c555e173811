import { isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql'
import { ruleOf } from './rule-of.ts'
import type { RuleName } from './rules.ts'

/** A field, and who is let through to it. */
export interface RuledField {
  readonly type: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly rule: RuleName
}

/**
 * Sees to it that nothing is asked for without a rule.
 *
 * @throws When a field of Query, Mutation or Subscription has none: what nobody thought about is open to nobody.
 */
export function requireRules(schema: GraphQLSchema): GraphQLSchema {
  const open = rootsOf(schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => ruleOf(field) === null)
      .map((field) => `${type.name}.${field.name}`),
  )
  if (open.length > 0) throw new Error(`Cannot build the schema: no rule says who may ask for ${open.join(', ')}`)
  return schema
}

/** The fields that have a rule of their own: those of the roots, then those of objects. */
export function ruledFieldsOf(schema: GraphQLSchema): readonly RuledField[] {
  const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
  return [...new Set([...rootsOf(schema), ...objects])].flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const rule = ruleOf(field)
      return rule === null ? [] : [{ type, field, rule }]
    }),
  )
}

function rootsOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((root) => root != null)
}
