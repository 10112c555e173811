import { GraphQLError } from 'graphql'

/** What is too much about an operation, or wrong about how it is sent, as clients are told. */
export type LimitCode =
  | 'QUERY_TOO_LONG'
  | 'QUERY_TOO_DEEP'
  | 'QUERY_TOO_COSTLY'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_MANY_VALUES'
  | 'BAD_REQUEST'
  | 'REQUEST_TOO_LONG'
  | 'REQUEST_TIMEOUT'
  | 'BUSY'
  | 'RATE_LIMITED'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'TOO_MANY_OPERATIONS'
  | 'UNAUTHENTICATED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'

/** How HTTP says it. Yoga takes it from the error; other transports leave it out. */
export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** An operation that is turned away, so that nobody else waits for it. */
export function limitError(code: LimitCode, message: string, http?: HttpAnswer): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(http !== undefined && { http }) } })
}

/** Too many operations at a time. */
export function rateLimitError(retryAfterSeconds: number): GraphQLError {
  const message = `Too many operations: ask again in ${retryAfterSeconds} s.`
  const http = { status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } }
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http } })
}
