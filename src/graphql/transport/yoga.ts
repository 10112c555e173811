import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import { createYoga, type YogaLogger, type YogaServerInstance } from 'graphql-yoga'
import type { GraphqlContext, GraphqlPorts } from '../context.ts'
import { queryLimits } from '../limits/query-limits.ts'
import { createLoaders } from '../loaders.ts'
import { errorCodes } from './error-codes.ts'
import { faultLog } from './fault-log.ts'
import { inputPlace } from './input-place.ts'
import { watchOperations } from './watch-operations.ts'
import { schema } from '../schema.ts'
import { createTurns } from '../turns.ts'
import type { ServerContext, ServerSentEvents } from './server-sent-events.ts'

/** Where the API is. */
export const GRAPHQL_PATH = '/graphql'

/** The longest request that is read, in bytes, over HTTP and WebSocket alike: room for 1,000 messages. */
export const MAX_REQUEST_BYTES = 64 * 1024 * 1024

/** Yoga with the schema: everything off that answers what nobody asked for. */
export function createGraphqlYoga(
  ports: GraphqlPorts,
  sse: ServerSentEvents,
): YogaServerInstance<ServerContext, GraphqlContext> {
  return createYoga<ServerContext, GraphqlContext>({
    schema,
    context: ({ operation, caller }): GraphqlContext => {
      const turns = createTurns()
      return { ...ports, operation, caller, turns, loaders: createLoaders(ports.db, turns) }
    },
    plugins: [sse.plugin, queryLimits, inputPlace, errorCodes, faultLog, watchOperations],
    graphqlEndpoint: GRAPHQL_PATH,
    graphiql: { title: 'Seedbank', subscriptionsProtocol: 'WS', defaultQuery: FIRST_QUERY },
    // The page with its scripts inside: it asks no other server.
    renderGraphiQL,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    // It would keep a thousand documents, however long: some hold all the messages of a call.
    parserAndValidationCache: false,
    maskedErrors: { isDev: false },
    maxRequestBodySize: MAX_REQUEST_BYTES,
    // What is masked was told to the log by the plugin, with its correlation id.
    logging: silent,
  })
}

/** What GraphiQL shows who opens it for the first time. */
const FIRST_QUERY = `# What this node is, and what it keeps alive. Press the arrow to ask.
query {
  status { version headPosition torrentClient { status port } }
  communities { edges { node { communityId role archivedUpTo magnetlink { magnetUri } } } }
}
`

const silent: YogaLogger = { debug() {}, info() {}, warn() {}, error() {} }
