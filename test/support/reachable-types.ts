import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'

/** The names of the object types that an answer of a type may hold, at any depth; not what `Node` stands for. */
export function reachableTypes(schema: GraphQLSchema, from: GraphQLOutputType): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = [getNamedType(from)]
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (found.has(type.name) || type.name === 'Node') continue
    if (isObjectType(type)) found.add(type.name)
    if (isInterfaceType(type) || isUnionType(type)) waiting.push(...schema.getPossibleTypes(type))
    if (isObjectType(type)) waiting.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)))
  }
  return found
}
