import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import { createYoga, type YogaLogger, type YogaServerInstance } from 'graphql-yoga'
import type { GraphqlContext, GraphqlPorts } from '../context.ts'
import { admitOperations } from '../limits/admit-operations.ts'
import type { CallerLimits } from '../limits/caller-limits.ts'
import { introspection, isGraphiqlShown, type ShownTo } from '../limits/introspection.ts'
import { persistedOperations, type PersistedOptions } from '../limits/persisted-operations.ts'
import { queryLimits } from '../limits/query-limits.ts'
import { createLoaders } from '../loaders.ts'
import { schema } from '../schema.ts'
import { createTurns } from '../turns.ts'
import type { BodyBudget } from './body-budget.ts'
import { errorCodes } from './error-codes.ts'
import { faultLog } from './fault-log.ts'
import { inputPlace } from './input-place.ts'
import { outerFaults } from './outer-faults.ts'
import { requestBody } from './request-body.ts'
import type { ServerContext } from './server-context.ts'
import type { ServerSentEvents } from './server-sent-events.ts'
import type { TransportLimits } from './transport-limits.ts'
import { watchOperations } from './watch-operations.ts'

/** Where the API is. */
export const GRAPHQL_PATH = '/graphql'

/** What operations go through, whichever transport they came by. */
export interface YogaOptions {
  readonly ports: GraphqlPorts
  readonly sse: ServerSentEvents
  readonly limits: TransportLimits
  readonly callers: CallerLimits
  readonly budget: BodyBudget
  readonly persisted: PersistedOptions
  /** Whom the schema is told to. */
  readonly introspection: ShownTo
  /** Whom the page for trying the API out is shown to. */
  readonly graphiql: ShownTo
}

/** Yoga with the schema: everything off that answers what nobody asked for. */
export function createGraphqlYoga(options: YogaOptions): YogaServerInstance<ServerContext, GraphqlContext> {
  const { ports, sse, limits, callers, budget } = options
  return createYoga<ServerContext, GraphqlContext>({
    schema,
    context: ({ operation, asking: { caller } }): GraphqlContext => {
      const turns = createTurns()
      return { ...ports, operation, caller, turns, loaders: createLoaders(ports.db, turns) }
    },
    plugins: [
      outerFaults(ports),
      requestBody(limits.bodies, budget, callers),
      sse.plugin,
      persistedOperations(options.persisted),
      queryLimits,
      introspection(options.introspection),
      inputPlace,
      errorCodes,
      admitOperations(callers),
      // Before faults are masked.
      watchOperations,
      faultLog,
    ],
    graphqlEndpoint: GRAPHQL_PATH,
    graphiql: (_request, context) => (isGraphiqlShown(options.graphiql, context) ? GRAPHIQL : false),
    // The page with its scripts inside: it asks no other server.
    renderGraphiQL,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    // It would keep a thousand documents, however long: some hold all the messages of a call.
    parserAndValidationCache: false,
    maskedErrors: { isDev: false },
    // `requestBody` reads, and knows who sends.
    maxRequestBodySize: false,
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

const GRAPHIQL = { title: 'Seedbank', subscriptionsProtocol: 'WS', defaultQuery: FIRST_QUERY } as const

const silent: YogaLogger = { debug() {}, info() {}, warn() {}, error() {} }
