import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga'
import { GraphQLError, type ExecutionResult } from 'graphql'
import type { GraphqlContext } from '../context.ts'
import { maskFault } from './mask-fault.ts'

/**
 * Tells the node's own log of each fault, with the correlation id of its operation, and masks it for the client, who is
 * told that id. What Yoga still masks after this plugin is none of an operation.
 */
export const faultLog: Plugin<GraphqlContext> = {
  onExecute: ({ args }) => ({
    onExecuteDone: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => {
        setResult(report(result, args.contextValue))
      }),
  }),
  onSubscribe: ({ args }) => ({
    onSubscribeResult: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => {
        setResult(report(result, args.contextValue))
      }),
  }),
}

/** @returns The same without what was thrown. */
function report(result: ExecutionResult, { logFault, operation: { correlationId } }: GraphqlContext): ExecutionResult {
  const { errors } = result
  if (errors?.some((error) => faultBehind(error) !== null) !== true) return result
  const masked = errors.map((error) => {
    const fault = faultBehind(error)
    if (fault === null) return error
    logFault(fault, correlationId)
    return maskFault(error, correlationId)
  })
  return { ...result, errors: masked }
}

/** What was thrown; null where it was thrown for the client to read. */
export function faultBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error
  return error.cause === undefined ? null : faultBehind(error.cause)
}
