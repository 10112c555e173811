import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga'
import { GraphQLError, type ExecutionResult } from 'graphql'
import type { GraphqlContext } from '../context.ts'

/**
 * Tells the node's own log of each fault, with the correlation id of its operation.
 *
 * Clients see them masked: Yoga does that after this plugin has looked.
 */
export const faultLog: Plugin<GraphqlContext> = {
  onExecute: ({ args }) => ({
    onExecuteDone: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result }) => report(result, args.contextValue)),
  }),
  onSubscribe: ({ args }) => ({
    onSubscribeResult: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result }) => report(result, args.contextValue)),
  }),
}

function report({ errors }: ExecutionResult, { logFault, operation }: GraphqlContext): void {
  for (const error of errors ?? []) {
    const fault = faultBehind(error)
    if (fault !== null) logFault(fault, operation.correlationId)
  }
}

/** What was thrown; null where it was thrown for the client to read. */
export function faultBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error
  return error.cause === undefined ? null : faultBehind(error.cause)
}
