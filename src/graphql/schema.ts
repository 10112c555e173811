import './archiving-mutations.ts'
import './communities.ts'
import './community-history.ts'
import './community-mutations.ts'
import './events.ts'
import './message-mutations.ts'
import './node-mutations.ts'
import './plain-mutations.ts'
import './signals.ts'
import './status.ts'
import './torrent-stats.ts'
import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'

/** The schema of the API. Each import above declares its part on the builder. */
export const schema: GraphQLSchema = builder.toSchema()
