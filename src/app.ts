import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { createApiPorts } from './app/api.ts'
import { beginRun } from './app/begin-run.ts'
import { readFreeBytes } from './app/free-bytes.ts'
import { createNodeLog } from './app/node-log.ts'
import { createPackRun } from './app/pack-run.ts'
import { startReactors, type Reactors } from './app/reactors.ts'
import type { RuntimeFile } from './app/runtime-file.ts'
import type { Settings } from './app/settings.ts'
import { openStores, type Stores } from './app/stores.ts'
import { systemClock } from './app/system-clock.ts'
import {
  createClientEventRecorder,
  createSeedingClient,
  createServedCheck,
  torrentClientSettingsOf,
} from './app/torrents.ts'
import { startTracker, trackersOf, type NodeTracker } from './app/tracker.ts'
import type { Reconciled } from './archives/reconcile-archive-files.ts'
import { err, ok, type Result } from './domain/result.ts'
import { createGraphqlServer } from './graphql/transport/server.ts'
import { readCommunity } from './projections/read-communities.ts'
import { readNewestVersion } from './projections/versions.ts'
import type { WallClock } from './reactors/wall-clock.ts'
import { createTorrentClient, type TorrentClient } from './torrents/client/torrent-client.ts'
import { TorrentPortInUse } from './torrents/client/torrent-port-in-use.ts'

/** A node that runs. */
export interface App {
  /** The base URL of its API, without a final slash. */
  readonly url: string
  readonly version: string
  /** Ends all that runs, leaves what is not finished to the next run, and records the goodbye. */
  stop(): Promise<void>
}

/** Something that a setting names is taken, or no good. */
export interface AppRefused {
  readonly type: 'DataDirectoryLocked' | 'DataDirectoryUnusable' | 'PortInUse' | 'TorrentPortInUse'
  /** For the operator. */
  readonly message: string
}

/** What all parts of a node stand on. */
interface Base {
  readonly settings: Settings
  readonly stores: Stores
  readonly wallClock: WallClock
  readonly log: Logger
}

/**
 * Starts a node: opens its data directory, serves what is recorded as served, and answers its API.
 *
 * @param wallClock What all that is recorded and all that waits goes by.
 * @returns Refused when the data directory or a port belongs to somebody else, or there can be none; then nothing is left running.
 * @throws When the machine is broken; then nothing is left running either.
 */
export async function startApp(
  settings: Settings,
  wallClock: WallClock = systemClock,
): Promise<Result<App, AppRefused>> {
  // Parts stop in the opposite order of their start.
  await using starting = new AsyncDisposableStack()
  const stores = await openStores(settings.dataDir, starting, wallClock.now)
  if (!stores.ok && stores.error.type === 'DataDirectoryUnusable') return err(stores.error)
  if (!stores.ok) {
    return refuse(stores.error.type, `Another process writes to ${settings.dataDir}: stop it, or set SEEDBANK_DATA_DIR`)
  }
  try {
    const log = createNodeLog(settings.logLevel)
    const url = await startParts({ settings, stores: stores.value, wallClock, log }, starting)
    const running = starting.move()
    return ok({ url, version: packageJson.version, stop: async () => running.disposeAsync() })
  } catch (error) {
    const refusal = refusalOf(error, settings)
    if (refusal === null) throw error
    return refusal
  }
}

async function startParts(base: Base, starting: AsyncDisposableStack): Promise<string> {
  const { settings, stores, log } = base
  const runtime = await begin(base, starting)
  const client = await createTorrentClient(torrentClientSettingsOf(settings))
  starting.defer(async () => client.stop())
  const tracker = await startTracker(settings, client, (fault) =>
    log.error(fault, 'Cannot enter the node in its own tracker, and will try again'),
  )
  starting.defer(async () => tracker.stop())
  const reactors = react(base, client, tracker)
  // Together: a reactor waits for what it asked of the client, and a disk may keep that for longer than a stop may take.
  starting.defer(async () => void (await Promise.all([reactors.stop(), client.stop()])))
  const record = createClientEventRecorder(stores, reactors.wake)
  starting.defer(
    client.onEvent((event) => {
      if (event.type !== 'UP') log.warn(event, 'The torrent client reports')
      record(event).catch((fault: unknown) => log.error(fault, 'Cannot record what the torrent client reports'))
    }),
  )
  const url = await listen(base, client, tracker, reactors, starting)
  runtime.tellUrl(url)
  return url
}

async function begin({ settings, stores, wallClock, log }: Base, starting: AsyncDisposableStack): Promise<RuntimeFile> {
  const options = {
    stores,
    dataDir: settings.dataDir,
    version: packageJson.version,
    now: wallClock.now,
    onSwept: (swept: Reconciled) => log.warn(swept, 'Removed the files of a run that broke off, which no event names'),
    onFault: (fault: unknown) => log.error(fault, 'Cannot leave a sign of life, and will try again'),
  }
  return beginRun(options, starting)
}

function react({ settings, stores, wallClock, log }: Base, client: TorrentClient, tracker: NodeTracker): Reactors {
  const { archivesDir, messagesFile, db } = stores
  const trackers = trackersOf(settings)
  const checkServed = createServedCheck(stores, client)
  const pack = createPackRun({
    archivesDir,
    messagesFile,
    trackers,
    readNewestVersion: async (communityId) => readNewestVersion(db, communityId),
    quotaOf: async (communityId) => (await readCommunity(db, communityId))?.settings.quotaBytes ?? null,
    readFreeBytes: async () => readFreeBytes(archivesDir),
    now: wallClock.now,
    logFailure: (details, { communityId, runId }) => log.error({ communityId, runId, details }, 'A run failed'),
  })
  return startReactors({
    stores,
    // The node enters itself in its own tracker, under the address that others know it by.
    client: createSeedingClient(client, archivesDir, settings.trackers, tracker.announce),
    pack,
    trackers,
    graceMs: settings.graceSeconds * 1000,
    onDamage: (communityId) => {
      checkServed(communityId).catch((fault: unknown) => log.error(fault, 'Cannot check what is served'))
    },
    wallClock,
    onFault: (fault) => log.error(fault, 'A reactor failed, and will try again'),
  })
}

async function listen(
  { settings, stores, wallClock, log }: Base,
  client: TorrentClient,
  { tracker }: NodeTracker,
  reactors: Reactors,
  starting: AsyncDisposableStack,
): Promise<string> {
  const { host, port, allowedHosts, allowedOrigins } = settings
  const ports = createApiPorts({
    stores,
    client,
    reactors,
    trackers: trackersOf(settings),
    version: packageJson.version,
    now: wallClock.now,
    logFault: (fault, correlationId) => log.error({ err: fault, correlationId }, 'A request failed'),
  })
  const server = createGraphqlServer({ ports, host, port, allowedHosts, allowedOrigins, extra: tracker })
  const { url } = await server.listen()
  starting.defer(async () => server.close())
  return url.replace(/\/graphql$/, '')
}

function refusalOf(error: unknown, { host, port }: Settings): Result<never, AppRefused> | null {
  if (error instanceof TorrentPortInUse) {
    return refuse('TorrentPortInUse', `Port ${error.port} is in use: free it, or set SEEDBANK_TORRENT_PORT`)
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return refuse('PortInUse', `Port ${port} of ${host} is in use: free it, or set SEEDBANK_PORT`)
  }
  return null
}

function refuse(type: AppRefused['type'], message: string): Result<never, AppRefused> {
  return err({ type, message })
}
