import fc from 'fast-check'
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql'

/** A mutation with whatever a client may send as its arguments. */
export interface ArbitraryWish {
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Values that look like those of a scalar, and some that are known to the node that is asked. */
export type ScalarPools = Readonly<Record<string, readonly unknown[]>>

/** What no field asks for, and parsers stumble over. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, '', ' ', '0x', '\u0000', '\uD800', -1, 1.5, 2 ** 53, 1e300, -0, true, [], {}, [[]]),
  fc.constantFrom('__proto__', 'constructor', 'toString', '../../etc/passwd', "'; drop table events; --"),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('x'.repeat(70_000), `0x${'f'.repeat(70_000)}`, '9'.repeat(400)),
)

/** Each mutation of the schema, with arguments of which most have the right shape, and some have none. */
export function arbitraryWish(schema: GraphQLSchema, pools: ScalarPools): fc.Arbitrary<ArbitraryWish> {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
  return fc
    .constantFrom(...mutations)
    .chain((field) =>
      fc
        .record(Object.fromEntries(field.args.map(({ name, type }) => [name, maybe(arbitraryInput(type, pools))])))
        .map((variables) => ({ name: field.name, query: queryOf(field), variables })),
    )
}

function queryOf({ name, args }: GraphQLField<unknown, unknown>): string {
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  const [head, call] = args.length === 0 ? ['', ''] : [`(${declared})`, `(${given})`]
  return `mutation Wish${head} { ${name}${call} { __typename ... on Refusal { code message } } }`
}

/** Now and then something that it is not. */
function maybe(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: value, weight: 12 }, { arbitrary: junk, weight: 1 })
}

function arbitraryInput(type: GraphQLInputType, pools: ScalarPools): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return arbitraryInput(type.ofType, pools)
  if (isListType(type)) return fc.array(maybe(arbitraryInput(type.ofType, pools)), { maxLength: 4 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => [
      field.name,
      maybe(arbitraryInput(field.type, pools)),
    ])
    return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] })
  }
  const values = pools[type.name]
  if (values === undefined) throw new Error(`Cannot make up a ${type.name}: give a pool of them`)
  return fc.constantFrom(null, ...values)
}
