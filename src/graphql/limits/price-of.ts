import { getNamedType, type GraphQLField } from 'graphql'

/** A page takes a statement of its own, and one more where it is counted. */
const PAGE = 20

/** JSON may be as long as many fields. */
const JSON_VALUE = 10

/** What it takes to answer a field once, in fields of the plainest kind. A field that is not known is never answered. */
export function priceOf(field: GraphQLField<unknown, unknown> | undefined): number {
  if (field === undefined) return 1
  if (field.args.some(({ name }) => name === 'first')) return PAGE
  return getNamedType(field.type).name === 'Json' ? JSON_VALUE : 1
}
