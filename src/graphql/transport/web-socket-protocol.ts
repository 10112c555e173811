import type { IncomingMessage } from 'node:http'
import { GraphQLError, type ExecutionArgs } from 'graphql'
import { makeServer, type Server, type SubscribePayload } from 'graphql-ws'
import type { Authenticate, Caller } from '../caller.ts'
import type { GraphqlContext } from '../context.ts'
import { startOperation } from '../operation.ts'
import { credentialsOf } from './credentials.ts'
import type { createGraphqlYoga } from './yoga.ts'

/** How many operations one connection may have under way. */
const MAX_OPERATIONS = 100

/** What is known of a connection. */
export interface Connection {
  readonly request: IncomingMessage
  /** Once the connection is initialised. */
  caller: Caller | null
}

type Yoga = ReturnType<typeof createGraphqlYoga>
type Enveloped = ReturnType<Yoga['getEnveloped']>

interface PreparedArgs extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, 'execute' | 'subscribe'>
}

/** graphql-transport-ws over the same schema, context, plugins and masking as HTTP. */
export function createWebSocketProtocol(yoga: Yoga, authenticate: Authenticate): Server<Connection> {
  return makeServer<Record<string, unknown>, Connection>({
    execute: (args) => (args as PreparedArgs).rootValue.execute(args),
    subscribe: (args) => (args as PreparedArgs).rootValue.subscribe(args),
    onConnect: async ({ connectionParams, extra }) => {
      const { headers } = extra.request
      const caller = await authenticate(
        credentialsOf(headers, connectionParams?.['authorization'] ?? headers.authorization),
      )
      if (!caller.ok) return false
      extra.caller = caller.value
      return true
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()]
      return prepare(yoga, extra, payload)
    },
  })
}

async function prepare(
  yoga: Yoga,
  { request, caller }: Connection,
  payload: SubscribePayload,
): Promise<PreparedArgs | readonly GraphQLError[]> {
  const operation = startOperation('WEBSOCKET', request.headers)
  const enveloped = yoga.getEnveloped({ operation, caller, params: payload } as unknown as GraphqlContext)
  const { schema, execute, subscribe, parse, validate, contextFactory } = enveloped
  try {
    const document = parse(payload.query)
    const errors = validate(schema, document)
    if (errors.length > 0) return errors
    return {
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? {},
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
    }
  } catch (error) {
    // A syntax error is the client's, and ends its operation alone.
    if (error instanceof GraphQLError) return [error]
    throw error
  }
}

function tooManyOperations(): GraphQLError {
  return new GraphQLError(`A connection may have ${MAX_OPERATIONS} operations under way.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  })
}
