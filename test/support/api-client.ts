import { createClient, type Client } from 'graphql-ws'

/** A client of a node's API, as a frontend would be one. */
export interface ApiClient {
  /**
   * Sends a query or a mutation.
   *
   * @throws When the answer holds errors, with their messages.
   */
  request<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** The results of a subscription over WebSocket. Leaving the loop ends the subscription. */
  subscribe<Data>(query: string, variables?: Record<string, unknown>): AsyncIterableIterator<Data>
  close(): Promise<void>
}

/** @param url The base URL of the API, without a final slash. */
export function createApiClient(url: string): ApiClient {
  const client: Client = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, retryAttempts: 0 })
  return {
    async request<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await response.json()) as { data?: Data; errors?: readonly { message: string }[] }
      if (errors !== undefined || data === undefined) {
        throw new Error(`The API answered: ${JSON.stringify(errors ?? response.status)}`)
      }
      return data
    },
    async *subscribe<Data>(query: string, variables: Record<string, unknown> = {}): AsyncIterableIterator<Data> {
      for await (const { data, errors } of client.iterate<Data>({ query, variables })) {
        if (errors !== undefined || data == null) throw new Error(`The API answered: ${JSON.stringify(errors)}`)
        yield data
      }
    },
    close: async () => client.dispose(),
  }
}
