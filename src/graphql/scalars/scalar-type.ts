import { GraphQLError, GraphQLScalarType, valueFromASTUntyped, type ConstValueNode } from 'graphql'
import type { ScalarCodec } from './scalars.ts'

/** The type of a scalar: what does not parse is a validation error at its place in the document or the variables. */
export function scalarTypeOf<Value>(name: string, codec: ScalarCodec<Value>): GraphQLScalarType {
  const { shape, parse, serialize } = codec

  function coerce(value: unknown, node?: ConstValueNode): Value {
    const parsed = parse(value)
    if (parsed !== null) return parsed
    const found = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value
    throw new GraphQLError(`Expected ${shape.charAt(0).toLowerCase()}${shape.slice(1)}, found ${found}.`, {
      nodes: node,
      extensions: { code: 'BAD_USER_INPUT' },
    })
  }

  return new GraphQLScalarType({
    name,
    description: `${shape}.`,
    coerceInputValue: (value) => coerce(value),
    coerceInputLiteral: (node) => coerce(valueFromASTUntyped(node), node),
    // Resolvers return the value that their type demands.
    coerceOutputValue: (value) => serialize(value as Value),
  })
}
