import { GraphQLError } from 'graphql'

/** What is too much about a query, as clients are told. */
export type LimitCode = 'QUERY_TOO_LONG' | 'QUERY_TOO_DEEP' | 'QUERY_TOO_COSTLY'

/** A query that is not even validated, so that nobody waits for it. */
export function limitError(code: LimitCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
