import { pointsOfText } from '../limits/query-text.ts'
import type { IncomingMessage } from 'node:http'
import { GraphQLError, type ExecutionArgs } from 'graphql'
import { CloseCode, makeServer, type Server, type SubscribePayload } from 'graphql-ws'
import type { GraphqlContext, GraphqlPorts } from '../context.ts'
import type { Asking, CallerLimits } from '../limits/caller-limits.ts'
import { limitError, rateLimitError } from '../limits/limit-error.ts'
import { findDocument, type PersistedOptions } from '../limits/persisted-operations.ts'
import { createLane } from '../lane.ts'
import { startOperation } from '../operation.ts'
import { identify } from './answer.ts'
import { credentialsOf } from './credentials.ts'
import type { TransportLimits } from './transport-limits.ts'
import type { createGraphqlYoga } from './yoga.ts'

/** What is known of a connection. */
export interface Connection {
  readonly request: IncomingMessage
  /** Nobody, until the connection is initialised. */
  asking: Asking
  /** Whether `connection_init` was granted. */
  isAcknowledged: boolean
  /** Gives the connection to who it turned out to be. @returns Why not, where it is one too many. */
  readonly belongTo: (asking: Asking) => string | null
  readonly close: (code: number, reason: string) => void
}

export interface ProtocolOptions {
  readonly yoga: Yoga
  readonly ports: Pick<GraphqlPorts, 'authenticate'>
  readonly callers: CallerLimits
  readonly limits: TransportLimits
  readonly persisted: PersistedOptions
}

type Yoga = ReturnType<typeof createGraphqlYoga>
type Enveloped = ReturnType<Yoga['getEnveloped']>

interface PreparedArgs extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, 'execute' | 'subscribe'>
}

/** As RFC 6455 registers it: clients of graphql-ws come again. */
const TRY_AGAIN_LATER = 1013

/** One connection may send hundreds of operations in one breath. */
const BEGUN_AT_ONCE = 1

/** graphql-transport-ws over the same schema, context, plugins and masking as HTTP. */
export function createWebSocketProtocol(options: ProtocolOptions): Server<Connection> {
  const { callers, limits } = options
  const operations = createLane(BEGUN_AT_ONCE)
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: limits.initMs,
    execute: (args) => (args as PreparedArgs).rootValue.execute(args),
    subscribe: (args) => (args as PreparedArgs).rootValue.subscribe(args),
    onConnect: async ({ connectionParams, extra }) => connect(extra, connectionParams?.['authorization'], options),
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > limits.operationsPerSocket) {
        return [tooManyOperations(limits.operationsPerSocket)]
      }
      const waitSeconds = await callers.spend(extra.asking, 1 + pointsOfText(payload.query))
      if (waitSeconds > 0) return [rateLimitError(waitSeconds)]
      await operations.enter()
      return prepare(extra, payload, options)
    },
  })
}

/** @returns False where the connection was closed, with the reason. */
async function connect(
  connection: Connection,
  authorization: unknown,
  { ports, callers }: ProtocolOptions,
): Promise<boolean> {
  const { headers } = connection.request
  const credentials = credentialsOf(headers, authorization ?? headers.authorization)
  const { address } = connection.asking
  const caller = await identify(credentials, address, ports, callers)
  if (!caller.ok) {
    const { status, reason } = caller.error
    connection.close(status === 503 ? TRY_AGAIN_LATER : CloseCode.Forbidden, reason)
    return false
  }
  const asking = { caller: caller.value, address }
  const tooMany = connection.belongTo(asking)
  if (tooMany === null) {
    connection.asking = asking
    connection.isAcknowledged = true
  } else connection.close(TRY_AGAIN_LATER, tooMany)
  return tooMany === null
}

async function prepare(
  { request, asking }: Connection,
  payload: SubscribePayload,
  { yoga, persisted }: ProtocolOptions,
): Promise<PreparedArgs | readonly GraphQLError[]> {
  const operation = startOperation('WEBSOCKET', request.headers)
  const query = findDocument(payload, persisted, { asking })
  if (query instanceof GraphQLError) return [query]
  const params = { ...payload, query }
  const enveloped = yoga.getEnveloped({ operation, asking, params } as unknown as GraphqlContext)
  const { schema, execute, subscribe, parse, validate, contextFactory } = enveloped
  try {
    const document = parse(query)
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

function tooManyOperations(max: number): GraphQLError {
  return limitError('TOO_MANY_OPERATIONS', `A connection may have ${max} operations under way.`)
}
