import { createClient, type Client } from 'graphql-ws'

/** A node, and what it wants to be shown. */
export interface Node {
  /** The base URL of its API, such as http://127.0.0.1:4000. */
  readonly url: string
  /** Null where it asks for none, as on this machine. */
  readonly token: string | null
}

/** What each HTTP request of a token's holder carries. */
export function headersOf({ token }: Node): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}` }
}

/**
 * A connection for subscriptions, opened with the first.
 *
 * It does not come back by itself: it would ask for what was received before. Who knows the last cursor opens another.
 */
export function connect({ url, token }: Node): Client {
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    retryAttempts: 0,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
  })
}
