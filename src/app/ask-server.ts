import type { Server } from './runtime-file.ts'

/** The server refused the wish; its message says why. */
export class WishRefused extends Error {
  override readonly name = 'WishRefused'
}

/** The server was not there, or ended before it answered. */
export class ServerLost extends Error {
  override readonly name = 'ServerLost'
}

/**
 * Sends a query or a mutation to a running server.
 *
 * @throws `ServerLost` when nobody answers; a plain error when the server could not do what it was asked.
 */
export type AskServer = <Data>(query: string, variables: Readonly<Record<string, unknown>>) => Promise<Data>

/** Asks as the command line of this machine, whoever else may speak to the server. */
export function askServer(server: Server): AskServer {
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>>) => {
    const { data, errors } = await post<Data>(server, JSON.stringify({ query, variables }))
    if (data != null && errors === undefined) return data
    const reasons = errors?.map(({ message }) => message).join('; ') ?? 'no data'
    throw new Error(`Cannot go on through ${server.url}: it answered ${reasons}`)
  }
}

interface GraphqlAnswer<Data> {
  readonly errors?: readonly { readonly message: string }[]
  readonly data?: Data | null
}

async function post<Data>({ url, secret }: Server, body: string): Promise<GraphqlAnswer<Data>> {
  // A connection that were kept would be closed by the server while this process is busy for seconds with one long
  // message, and the next question lost with it.
  const json = { 'content-type': 'application/json', accept: 'application/json' }
  const headers = { ...json, authorization: `Bearer ${secret}`, connection: 'close' }
  try {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    return (await response.json()) as GraphqlAnswer<Data>
  } catch (cause) {
    throw new ServerLost(`The server at ${url} does not answer`, { cause })
  }
}
