import type { IncomingMessage } from 'node:http'
import { GraphQLError, type ExecutionArgs } from 'graphql'
import { makeServer, type Server, type SubscribePayload } from 'graphql-ws'
import { startOperation, type GraphqlContext } from '../context.ts'
import type { createGraphqlYoga } from './yoga.ts'

/** How many operations one connection may have under way. */
const MAX_OPERATIONS = 100

/** What is known of a connection. */
export interface Connection {
  readonly request: IncomingMessage
}

type Yoga = ReturnType<typeof createGraphqlYoga>
type Enveloped = ReturnType<Yoga['getEnveloped']>

interface PreparedArgs extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, 'execute' | 'subscribe'>
}

/** graphql-transport-ws over the same schema, context, plugins and masking as HTTP. */
export function createWebSocketProtocol(yoga: Yoga): Server<Connection> {
  return makeServer<Record<string, unknown>, Connection>({
    execute: (args) => (args as PreparedArgs).rootValue.execute(args),
    subscribe: (args) => (args as PreparedArgs).rootValue.subscribe(args),
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()]
      return prepare(yoga, extra, payload)
    },
  })
}

async function prepare(
  yoga: Yoga,
  { request }: Connection,
  payload: SubscribePayload,
): Promise<PreparedArgs | readonly GraphQLError[]> {
  const operation = startOperation(request.headers['x-correlation-id'], null)
  const enveloped = yoga.getEnveloped({ operation, params: payload } as unknown as GraphqlContext)
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
