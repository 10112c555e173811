import { LINKS } from '../../following/read-link.ts'
import { hashOf, type PersistedOptions } from '../../graphql/limits/persisted-operations.ts'
import type { GraphqlServerOptions } from '../../graphql/transport/server.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../graphql/transport/transport-limits.ts'
import type { Settings } from '../settings.ts'
import { readPersistedOperations } from './read-persisted-operations.ts'

/**
 * What the settings say about the network that the API is on.
 *
 * @throws PersistedOperationsUnusable
 */
export async function createNetworkOptions(settings: Settings): Promise<Omit<GraphqlServerOptions, 'ports'>> {
  const { host, port, trustedProxies, introspection, graphiql, publicUrl } = settings
  const { maxConnections, connectionsPerAddress, subscriptionsPerCaller } = settings
  const { operationsPerSecond, anonymousOperationsPerSecond } = settings
  const { hostname, origin } = publicUrl === null ? { hostname: null, origin: null } : new URL(publicUrl)
  return {
    host,
    port,
    // Under its public URL the API is itself, also where a proxy says so in its own words.
    allowedHosts: [...settings.allowedHosts, ...(hostname === null ? [] : [hostname])],
    allowedOrigins: [...settings.allowedOrigins, ...(origin === null ? [] : [origin])],
    trustedProxies,
    introspection,
    graphiql,
    persisted: await createPersistedOptions(settings),
    limits: {
      ...DEFAULT_TRANSPORT_LIMITS,
      connections: maxConnections,
      connectionsPerAddress,
      subscriptionsPerCaller,
      socketsPerCaller: subscriptionsPerCaller,
      operationsPerSecond,
      anonymousOperationsPerSecond,
    },
  }
}

async function createPersistedOptions({ persistedOperations, onlyPersisted }: Settings): Promise<PersistedOptions> {
  const operations = persistedOperations === null ? null : await readPersistedOperations(persistedOperations)
  if (!onlyPersisted) return { operations, isOnlyPersisted: false }
  // What nodes that follow this one ask for.
  return { operations: new Map([...(operations ?? []), [hashOf(LINKS), LINKS]]), isOnlyPersisted: true }
}
