import { getNamedType, type GraphQLField } from 'graphql'

/** A page takes a statement of its own, and one more where it is counted. */
const PAGE = 20

/** JSON may be as long as many fields. */
const JSON_VALUE = 10

/** What fields that take more than plain ones do say of themselves. */
const PRICES = {
  /** Some statements of its own, as a page has. */
  STATEMENTS: PAGE,
  /** Looks through what was recorded since the last run of a community: 0.1 s where that is 100,000 messages. */
  SCAN: 100,
  /** Counts the files of all archives: a second where these are tens of thousands. */
  FILES: 1_000,
  /** Reads the past of a community: 0.1 s where that is a decade. */
  PAST: 1_000,
  /** Reads all archives of a community that are here: seconds where that is a long history. */
  ARCHIVES: 10_000,
  /** Reads the log from its beginning: seconds where that is a million events. */
  LOG: 10_000,
} as const

/** Says of a field what it takes to answer it. */
export function priced(price: keyof typeof PRICES): { readonly extensions: { readonly price: number } } {
  return { extensions: { price: PRICES[price] } }
}

/** What it takes to answer a field once, in fields of the plainest kind. A field that is not known is never answered. */
export function priceOf(field: GraphQLField<unknown, unknown> | undefined): number {
  if (field === undefined) return 1
  const { price } = field.extensions
  if (typeof price === 'number') return price
  if (field.args.some(({ name }) => name === 'first')) return PAGE
  return getNamedType(field.type).name === 'Json' ? JSON_VALUE : 1
}
