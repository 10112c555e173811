import {
  getNamedType,
  isCompositeType,
  Kind,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { DocumentOutline } from './document-outline.ts'
import { countItems, readVariables, type Variables } from './item-count.ts'
import { priceOf } from './price-of.ts'

/** How much is asked for, at most. */
export interface QuerySize {
  /** How many selection sets stand in one another, those of fragments included. */
  readonly depth: number
  /** The prices of all fields that are answered: each as often as the lists that it stands in have items. */
  readonly cost: number
}

const NOTHING: QuerySize = { depth: 0, cost: 0 }

interface Measuring {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, QuerySize>
  readonly variables: Variables
}

/**
 * Measures the largest operation of a document that was not validated yet.
 *
 * Each fragment is measured once, after those that it spreads: a document takes as long as it is long.
 *
 * @param maxDepth Where fragments spread one another deeper than this, or in a circle, the depth is infinite.
 */
export function measureQuery(
  schema: GraphQLSchema,
  outline: DocumentOutline,
  variables: Variables,
  maxDepth: number,
): QuerySize {
  const measured = new Map<string, QuerySize>()
  const waiting = new Set(outline.fragments.keys())
  // One turn at least for each level. Who is in a circle waits for ever.
  for (let turn = 0; turn < maxDepth && waiting.size > 0; turn += 1) {
    for (const [name, { typeCondition, selectionSet }] of outline.fragments) {
      if (!waiting.has(name) || [...(outline.spreads.get(name) ?? [])].some((spread) => waiting.has(spread))) continue
      const type = typeNamed(schema, typeCondition.name.value)
      measured.set(name, measureSet(selectionSet, type, { schema, fragments: measured, variables }))
      waiting.delete(name)
    }
  }
  if (waiting.size > 0) return { depth: Infinity, cost: 0 }
  return outline.operations
    .map(({ operation, selectionSet, variableDefinitions }) => {
      const given = readVariables(variables, variableDefinitions)
      const type = schema.getRootType(operation) ?? undefined
      return measureSet(selectionSet, type, { schema, fragments: measured, variables: given })
    })
    .reduce(larger, NOTHING)
}

type Parent = GraphQLCompositeType | undefined

/** Recurses as deep as the text nests, which is bounded. */
function measureSet({ selections }: SelectionSetNode, parent: Parent, measuring: Measuring): QuerySize {
  let depth = 0
  let cost = 0
  for (const selection of selections) {
    const inner = measureSelection(selection, parent, measuring)
    depth = Math.max(depth, inner.depth)
    cost += inner.cost
  }
  return { depth: depth + 1, cost }
}

function measureSelection(selection: SelectionNode, parent: Parent, measuring: Measuring): QuerySize {
  const { schema, fragments, variables } = measuring
  switch (selection.kind) {
    case Kind.FRAGMENT_SPREAD:
      return fragments.get(selection.name.value) ?? NOTHING // Validation tells of one that is not defined.
    case Kind.INLINE_FRAGMENT: {
      const { typeCondition, selectionSet } = selection
      const type = typeCondition === undefined ? parent : typeNamed(schema, typeCondition.name.value)
      return measureSet(selectionSet, type, measuring)
    }
    case Kind.FIELD: {
      const field = parent && schema.getField(parent, selection.name.value)
      const own = priceOf(field)
      const items = countItems(selection, field, variables)
      if (selection.selectionSet === undefined) return { depth: 0, cost: items * own }
      const type = field && getNamedType(field.type)
      const inner = measureSet(selection.selectionSet, isCompositeType(type) ? type : undefined, measuring)
      return { depth: inner.depth, cost: own + items * inner.cost }
    }
  }
}

function typeNamed(schema: GraphQLSchema, name: string): Parent {
  const type = schema.getType(name)
  return isCompositeType(type) ? type : undefined
}

function larger(one: QuerySize, other: QuerySize): QuerySize {
  return { depth: Math.max(one.depth, other.depth), cost: Math.max(one.cost, other.cost) }
}
