import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga'
import { getOperationAST, type DocumentNode } from 'graphql'
import type { GraphqlContext } from '../context.ts'
import { faultBehind } from './fault-log.ts'

/** Tells the watch of each query and mutation that is executed; subscriptions tell it themselves, as they last. */
export const watchOperations: Plugin<GraphqlContext> = {
  onExecute: ({ args: { document, operationName, contextValue } }) => {
    const { watch, operation } = contextValue
    if (watch === undefined) return undefined
    const over = watch.began(operation, nameOf(document, operationName))
    return {
      onExecuteDone: (payload) =>
        handleStreamOrSingleExecutionResult(payload, ({ result }) => {
          over(result.errors?.some((error) => faultBehind(error) !== null) === true ? 'FAULT' : 'OK')
        }),
    }
  },
}

/** Such as `mutation createArchive`: what the client called it may be any text. */
function nameOf(document: DocumentNode, operationName: string | null | undefined): string {
  const definition = getOperationAST(document, operationName)
  const [first] = definition?.selectionSet.selections ?? []
  const field = first?.kind === 'Field' ? first.name.value : '{}'
  return `${definition?.operation ?? 'query'} ${field}`
}
