import type { Plugin } from 'graphql-yoga'
import { GraphQLError, Kind, type ASTNode, type DocumentNode, type SelectionNode, type SelectionSetNode } from 'graphql'

/** Where in an operation an argument stands. */
interface InputPlace {
  readonly argument: string
  /** Of its field, as in the answer. Not known in a fragment, which may be spread anywhere. */
  readonly path: readonly string[] | undefined
}

/**
 * Names the field and the argument of a literal that validation refuses, as errors of resolvers do.
 *
 * Wrong variables name themselves in the message.
 */
export const inputPlace: Plugin = {
  onValidate:
    ({ params: { documentAST } }) =>
    ({ result, setResult }) => {
      setResult((result as readonly GraphQLError[]).map((error) => withPlace(error, documentAST as DocumentNode)))
    },
}

function withPlace(error: GraphQLError, document: DocumentNode): GraphQLError {
  const [at] = error.positions ?? []
  const place = at === undefined ? null : findPlace(document, at)
  if (place === null) return error
  const { argument, path } = place
  const extensions = { ...error.extensions, argument }
  return new GraphQLError(error.message, { nodes: error.nodes, path, extensions, cause: error.cause })
}

function findPlace({ definitions }: DocumentNode, at: number): InputPlace | null {
  const definition = definitions.find((each) => holds(each, at))
  if (definition?.kind === Kind.OPERATION_DEFINITION) return findInSet(definition.selectionSet, at)
  if (definition?.kind !== Kind.FRAGMENT_DEFINITION) return null
  const place = findInSet(definition.selectionSet, at)
  return place === null ? null : { ...place, path: undefined }
}

function findInSet(outermost: SelectionSetNode, at: number): InputPlace | null {
  const path: string[] = []
  let set: SelectionSetNode | undefined = outermost
  while (set !== undefined) {
    const selection: SelectionNode | undefined = set.selections.find((each) => holds(each, at))
    if (selection === undefined || selection.kind === Kind.FRAGMENT_SPREAD) return null
    if (selection.kind === Kind.FIELD) {
      path.push((selection.alias ?? selection.name).value)
      const argument = selection.arguments?.find(({ value }) => holds(value, at))
      if (argument !== undefined) return { argument: argument.name.value, path }
    }
    set = selection.selectionSet
  }
  return null
}

function holds({ loc }: ASTNode, at: number): boolean {
  return loc !== undefined && loc.start <= at && at < loc.end
}
