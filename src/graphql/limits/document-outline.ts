import { Kind, visit, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql'

/** What a document is made of, as far as its size goes. */
export interface DocumentOutline {
  readonly operations: readonly OperationDefinitionNode[]
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** The names of the fragments that each fragment spreads, those that are not defined left out. */
  readonly spreads: ReadonlyMap<string, ReadonlySet<string>>
  /**
   * How often each name stands in it, of fields and of their aliases; under `...`, how many fragments are spread, under `@`
   * how many directives there are, and under `$` how many variables are declared.
   */
  readonly names: ReadonlyMap<string, number>
}

/** Reads each node of a document once, without recursion. */
export function outlineOf(document: DocumentNode): DocumentOutline {
  const { definitions } = document
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  const fragments = new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  )
  const names = new Map<string, number>()
  const count = (name: string): Map<string, number> => names.set(name, (names.get(name) ?? 0) + 1)
  const spreads = new Map<string, Set<string>>()
  for (const definition of definitions) {
    const spread = new Set<string>()
    visit(definition, {
      Argument: () => false,
      Directive: () => {
        count('@')
        return false
      },
      VariableDefinition: () => {
        count('$')
        return false
      },
      Field: ({ name, alias }) => {
        count(name.value)
        if (alias !== undefined && alias.value !== name.value) count(alias.value)
      },
      FragmentSpread: ({ name }) => {
        count('...')
        if (fragments.has(name.value)) spread.add(name.value)
      },
    })
    if (definition.kind === Kind.FRAGMENT_DEFINITION) spreads.set(definition.name.value, spread)
  }
  return { operations, fragments, spreads, names }
}
