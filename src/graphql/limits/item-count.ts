import {
  getNamedType,
  getNullableType,
  isListType,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLField,
  type VariableDefinitionNode,
} from 'graphql'
import { MAX_DAMAGED_RANGES } from '../../domain/damage.ts'
import { DEFAULT_SIZE } from '../scalars/page.ts'

/** The variables of an operation, as the client sent them. */
export type Variables = Readonly<Record<string, unknown>>

/** What lists of the introspection count as: few types are nested as deep as a query that wants to know it all asks. */
const TYPES = 60
const PARTS_OF_A_TYPE = 2

/** How many items a list without pages may have where that is many. */
const LENGTHS = {
  /** Damage can be in every second piece, and names so many ranges of them. */
  DAMAGED_RANGES: MAX_DAMAGED_RANGES,
  /** A history of ten years has so many archives, and all may be damaged. */
  DAMAGED_ARCHIVES: 520,
} as const

/** Says of a field without pages how many items it may answer with. */
export function longList(length: keyof typeof LENGTHS): { readonly extensions: { readonly items: number } } {
  return { extensions: { items: LENGTHS[length] } }
}

/** The variables with their defaults. */
export function readVariables(
  variables: Variables,
  definitions: readonly VariableDefinitionNode[] | undefined = [],
): Variables {
  const defaults = definitions.flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  )
  return { ...Object.fromEntries(defaults), ...variables }
}

/**
 * How many items the field of a query may answer with.
 *
 * A connection: what `first` or `last` says, or the size of a page where nothing is said. A field that takes ids:
 * as many as are given. A list without pages: what it says of itself; others are short, and count as one item.
 */
export function countItems(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  variables: Variables,
): number {
  const takes = (name: string): boolean => field?.args.some((arg) => arg.name === name) === true
  const given = (name: string): unknown => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value
    return value === undefined ? undefined : valueFromASTUntyped(value, variables)
  }
  if (takes('first')) return sizeOf(given('first') ?? given('last'))
  if (takes('ids')) {
    const ids = given('ids')
    return Array.isArray(ids) ? ids.length : 1
  }
  if (typeof field?.extensions.items === 'number') return field.extensions.items
  if (field === undefined || !isListType(getNullableType(field.type))) return 1
  const { name } = getNamedType(field.type)
  if (!name.startsWith('__')) return 1
  return field.name === 'types' ? TYPES : PARTS_OF_A_TYPE
}

function sizeOf(size: unknown): number {
  // A size of another kind, or below nothing, is refused later.
  return typeof size === 'number' && size >= 0 ? size : DEFAULT_SIZE
}
