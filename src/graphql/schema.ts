import './mutations/archiving-mutations.ts'
import './nouns/communities.ts'
import './nouns/community-history.ts'
import './mutations/community-mutations.ts'
import './nouns/events.ts'
import './mutations/message-mutations.ts'
import './mutations/node-mutations.ts'
import './mutations/plain-mutations.ts'
import './subscriptions/signals.ts'
import './nouns/status.ts'
import './subscriptions/torrent-stats.ts'
import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'

/** The schema of the API. Each import above declares its part on the builder. */
export const schema: GraphQLSchema = builder.toSchema()
