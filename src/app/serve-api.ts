import type { GraphqlPorts } from '../graphql/context.ts'
import type { HttpRoute } from '../graphql/transport/http-route.ts'
import { createGraphqlServer } from '../graphql/transport/server.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { openAuthenticator, type AuthenticatorUses } from './access/open-authenticator.ts'
import { urlOnThisMachine } from './access/listening.ts'
import { createApiPorts } from './api.ts'
import { createLimitsReader } from './bandwidth/read-limits.ts'
import type { NodeBandwidth } from './bandwidth/node-bandwidth.ts'
import type { Members } from './members.ts'
import { createNetworkOptions } from './network/network-options.ts'
import type { NodeBase } from './node-base.ts'
import type { Reactors } from './reactors.ts'
import { createRebuilds, type Rebuilds } from './rebuild/rebuilds.ts'
import type { RecordingBursts } from './schedule/recording-bursts.ts'
import { createTelemetryRoutes } from './telemetry/telemetry-routes.ts'
import { trackersOf, type NodeTracker } from './tracker.ts'
import type { Verifications } from './verification/verifications.ts'
import { createWebhooks, type Webhooks } from './webhooks/start-webhooks.ts'
import { createSeedRoutes, type WebSeedUses } from './web-seed/serve-web-seed.ts'

/** What the API asks, or tells. */
export interface ApiUses {
  readonly version: string
  readonly client: TorrentClient
  readonly bandwidth: NodeBandwidth
  readonly tracker: NodeTracker
  readonly reactors: Reactors
  readonly bursts: RecordingBursts
  readonly verifications: Verifications
  readonly members: Members
  readonly access: AuthenticatorUses
}

/**
 * Serves the API, and what else is asked on its port, until the node stops.
 *
 * @returns The base URL for this machine, without a final slash.
 * @throws When the address is taken or is none of this machine, or the persisted operations are no good.
 */
export async function serveApi(
  base: NodeBase,
  { tracker: { tracker }, version, access, ...uses }: ApiUses,
  starting: AsyncDisposableStack,
): Promise<string> {
  const { settings, stores, wallClock, log, telemetry } = base
  const network = await createNetworkOptions(settings)
  const webhooks = createNodeWebhooks({ stores, wallClock, log }, uses, () => ports)
  starting.defer(async () => webhooks.stop())
  const authenticate = openAuthenticator({ stores, wallClock, log }, access, starting)
  const ports: GraphqlPorts = createApiPorts({
    watch: telemetry.operations,
    authenticate,
    stores,
    ...uses,
    webhooks,
    rebuilds: createNodeRebuilds({ settings, stores, wallClock, log }, starting),
    readDiskUse: base.space.readUse,
    readLimits: createLimitsReader(settings, uses.bandwidth),
    trackersOf: (chosen) => trackersOf(settings, chosen),
    publicUrl: settings.publicUrl,
    defaultSettings: settings,
    isScheduled: settings.schedule,
    version: version,
    now: wallClock.now,
    logFault: (fault, correlationId) => log.error({ err: fault, correlationId }, 'A request failed'),
  })
  const watching = createTelemetryRoutes(base, { ...uses, version })
  const server = createGraphqlServer({
    ...network,
    ports,
    extra: tracker,
    routes: [...watching.routes, ...createWebSeed(base, uses)],
  })
  webhooks.start()
  const listening = await server.listen()
  starting.defer(async () => server.close())
  starting.defer(watching.stopping)
  return urlOnThisMachine(listening)
}

/** What is served over HTTP counts as uploaded: it is held to the same limits, and counted. */
function createWebSeed(
  { settings, stores, log, telemetry: { tallies } }: NodeBase,
  { client, bandwidth, reactors: { wake } }: Pick<ApiUses, 'client' | 'bandwidth' | 'reactors'>,
): readonly HttpRoute[] {
  const admitStream: WebSeedUses['admitStream'] = async (infoHash) => bandwidth.admitStream(infoHash)
  const admitBytes: WebSeedUses['admitBytes'] = async (...asked) => bandwidth.admitBytes(...asked)
  const onSent: WebSeedUses['onSent'] = (_infoHash, bytes) => {
    tallies.webSeedBytes += bytes
  }
  return createSeedRoutes({ settings, stores, log }, { client, admitStream, admitBytes, onSent, wake })
}

function createNodeWebhooks(
  { stores, wallClock, log }: Pick<NodeBase, 'stores' | 'wallClock' | 'log'>,
  { members: { rules } }: Pick<ApiUses, 'members'>,
  ports: () => GraphqlPorts,
): Webhooks {
  return createWebhooks({
    stores,
    rules,
    wallClock,
    ports,
    onFault: (err) => log.error({ err }, 'Cannot tell a webhook, and will try again'),
    onOff: ({ webhookId, failures }, code) => log.warn({ webhookId, code, failures }, 'A webhook was switched off'),
  })
}

/** Stops with the node: what is not finished is left as it was. */
function createNodeRebuilds(
  { settings: { dataDir }, stores, wallClock: { now }, log }: Omit<NodeBase, 'telemetry' | 'space'>,
  starting: AsyncDisposableStack,
): Rebuilds {
  const onFailed = (fault: unknown): void => log.error(fault, 'Cannot rebuild the read models: those before are kept')
  const rebuilds = createRebuilds({ dataDir, log: stores.log, now, onFailed })
  starting.defer(async () => rebuilds.stop())
  return rebuilds
}
