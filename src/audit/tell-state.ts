import type { StateAt } from './fold-log.ts'
import type { TimeWords } from './in-words.ts'
import { COMMUNITY_FIELDS, NODE_FIELDS, type FieldWords } from './state-fields.ts'

const INDENT = '  '

/**
 * A state in lines: the node, then community by community, each field that has something to say in a line of its own,
 * the values below each other.
 */
export function* tellState({ node, communities }: StateAt, times: TimeWords): Generator<string, void, undefined> {
  yield 'the node'
  yield* tellFields(node, NODE_FIELDS, times)
  for (const [communityId, community] of communities) {
    yield `community ${communityId}`
    yield* tellFields(community, COMMUNITY_FIELDS, times)
  }
}

function tellFields<State extends object>(
  state: State,
  fields: { readonly [Field in keyof State]-?: FieldWords<State[Field]> },
  times: TimeWords,
): readonly string[] {
  const known = (Object.keys(fields) as (keyof State)[]).filter((field) => saysSomething(state[field]))
  const width = Math.max(...known.map((field) => fields[field].label.length))
  return known.map((field) => {
    const { label, tell } = fields[field]
    return `${INDENT}${label.padEnd(width)}${INDENT}${tell(state[field] as NonNullable<State[typeof field]>, times)}`
  })
}

/** What was never chosen, never came about or is no more is left out, and so is what there is none of. */
function saysSomething(value: unknown): boolean {
  return value !== null && value !== false && value !== 0 && !(Array.isArray(value) && value.length === 0)
}
