import type { Plugin } from 'graphql-yoga'
import { GraphQLError, type ExecutionResult } from 'graphql'

/**
 * Gives a code to what the GraphQL language itself refuses, as what this API refuses has one: the names are those that
 * frontends know from other servers.
 */
export const errorCodes: Plugin = {
  onParse:
    () =>
    ({ result, replaceParseResult }) => {
      // An error takes the place of the document, and is thrown by who asked for it.
      if (result instanceof GraphQLError) replaceParseResult(coded(result, 'GRAPHQL_PARSE_FAILED'))
    },
  onValidate:
    () =>
    ({ result, setResult }) => {
      const errors = result as readonly GraphQLError[]
      setResult(errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')))
    },
  onExecute: () => ({
    onExecuteDone: ({ result, setResult }) => {
      if (isSingle(result)) setResult(withCodes(result))
    },
  }),
  onSubscribe: () => ({
    onSubscribeResult: ({ result, setResult }) => {
      if (isSingle(result)) setResult(withCodes(result))
    },
  }),
}

function isSingle(result: object): result is ExecutionResult {
  return !(Symbol.asyncIterator in result)
}

/** Errors without a path come from before the first field: from the variables, or the choice of the operation. */
function withCodes(result: ExecutionResult): ExecutionResult {
  const { errors } = result
  if (errors?.some(isUncoded) !== true) return result
  return { ...result, errors: errors.map((error) => (isUncoded(error) ? coded(error, 'BAD_USER_INPUT') : error)) }
}

function isUncoded({ path, cause, extensions }: GraphQLError): boolean {
  const isOfTheLanguage = cause === undefined || cause instanceof GraphQLError
  return path === undefined && isOfTheLanguage && extensions['code'] === undefined
}

function coded(error: GraphQLError, code: string): GraphQLError {
  if (error.extensions['code'] !== undefined) return error
  const { nodes, source, positions, path, cause } = error
  const extensions = { ...error.extensions, code }
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    path,
    extensions,
    ...(cause !== undefined && { cause }),
  })
}
