import type { Plugin } from 'graphql-yoga'
import type { DocumentNode, Source } from 'graphql'
import type { GraphqlContext } from '../context.ts'
import { schema } from '../schema.ts'
import { outlineOf, type DocumentOutline } from './document-outline.ts'
import { limitError } from './limit-error.ts'
import type { Variables } from './item-count.ts'
import { measureQuery } from './query-size.ts'
import { checkText } from './query-text.ts'

/** How many selection sets may stand in one another: two more than GraphiQL's introspection has. */
export const MAX_DEPTH = 20

/** How many fields may be answered: some dozens for each of 500 communities, not 500 archives of each. */
export const MAX_COST = 50_000

/**
 * How often fields of the same name, or fragments, may stand in a document: the sum of the squares. Validation compares
 * each with each; and a page is cheaper than as many aliases.
 */
const MAX_SAMENESS = 100_000

/**
 * Turns away what would hold up everybody else, before it is validated.
 *
 * It hangs on parsing, which all transports do with the same plugins.
 */
export const queryLimits: Plugin<GraphqlContext> = {
  onParse: ({ context, parseFn, setParseFn }) => {
    setParseFn((source: string | Source, options) => {
      checkText(typeof source === 'string' ? source : source.body)
      const document = parseFn(source, options) as DocumentNode
      checkDocument(document, context.params.variables ?? {})
      return document
    })
  },
}

const costs = new WeakMap<DocumentNode, number>()

/** What a document costs that passed; 0 for one that was not measured here. */
export function costOf(document: DocumentNode): number {
  return costs.get(document) ?? 0
}

function checkDocument(document: DocumentNode, variables: Variables): void {
  const outline = outlineOf(document)
  const { depth, cost } = measureQuery(schema, outline, variables, MAX_DEPTH)
  if (depth > MAX_DEPTH) {
    const found = depth === Infinity ? 'fragments that spread one another deeper, or in a circle' : String(depth)
    throw limitError('QUERY_TOO_DEEP', `A query may be ${MAX_DEPTH} selection sets deep, found ${found}.`)
  }
  if (cost > MAX_COST) {
    const advice = 'Ask for smaller pages or fewer fields.'
    throw limitError(
      'QUERY_TOO_COSTLY',
      `A query may cost ${MAX_COST}, as many as its plain fields in all pages; found ${cost}. ${advice}`,
    )
  }
  checkSameness(outline)
  costs.set(document, cost)
}

function checkSameness({ names }: DocumentOutline): void {
  const sameness = names.values().reduce((sum, count) => sum + count * count, 0)
  if (sameness <= MAX_SAMENESS) return
  const [name] = [...names].toSorted(([, one], [, other]) => other - one)[0] ?? ['']
  const advice = `Most often there is "${name}": ask for a page in place of many aliases.`
  throw limitError('QUERY_TOO_COSTLY', `A query repeats the same fields or fragments too often. ${advice}`)
}
