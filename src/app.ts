import packageJson from '../package.json' with { type: 'json' }
import { checkAccess, type AccessRefused, type AccessRules } from './app/access/check-access.ts'
import { beginRun } from './app/begin-run.ts'
import { createFilesWorker } from './app/verification/files-work.ts'
import { createNodeBandwidth, type NodeBandwidth } from './app/bandwidth/node-bandwidth.ts'
import { startMembersLog } from './app/members-log.ts'
import { PersistedOperationsUnusable } from './app/network/read-persisted-operations.ts'
import type { NodeBase } from './app/node-base.ts'
import { startNodeReactors } from './app/node-reactors.ts'
import { createNodeVerifications } from './app/verification/node-verifications.ts'
import { createMembers } from './app/members.ts'
import { recordAs, type Reactors } from './app/reactors.ts'
import { DiskSpace } from './app/packing/disk-space.ts'
import { createDiskUseReader } from './app/packing/disk-use.ts'
import { createRecordingBursts } from './app/schedule/recording-bursts.ts'
import { serveApi } from './app/serve-api.ts'
import type { RuntimeFile } from './app/runtime-file.ts'
import type { Settings } from './app/settings.ts'
import { openStores } from './app/stores.ts'
import { systemClock } from './app/system-clock.ts'
import { startTelemetry } from './app/telemetry/start-telemetry.ts'
import { createClientEventRecorder, torrentClientSettingsOf } from './app/torrents.ts'
import { startTracker } from './app/tracker.ts'
import type { NotReconciled, Reconciled } from './archives/sweep/reconcile-archive-files.ts'
import type { EventLogOptions } from './events/sqlite-event-log.ts'
import { err, ok, type Result } from './domain/result.ts'
import type { WallClock } from './reactors/wall-clock.ts'
import { createNodeLog } from './telemetry/log/node-log.ts'
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
  readonly type:
    | 'DataDirectoryLocked'
    | 'DataDirectoryUnusable'
    | 'PortInUse'
    | 'TorrentPortInUse'
    | 'PersistedOperationsUnusable'
    | AccessRefused['type']
  /** For the operator. */
  readonly message: string
}

/**
 * Starts a node: opens its data directory, serves what is recorded as served, and answers its API.
 *
 * @param wallClock What all that is recorded and all that waits goes by.
 * @returns Refused when the data directory or a port belongs to somebody else, or there can be none, or other machines would
 *   reach a node that knows nobody to let in; then nothing is left running.
 * @throws When the machine is broken; then nothing is left running either.
 */
export async function startApp(
  settings: Settings,
  wallClock: WallClock = systemClock,
): Promise<Result<App, AppRefused>> {
  // Parts stop in the opposite order of their start.
  await using starting = new AsyncDisposableStack()
  const log = createNodeLog(settings)
  const telemetry = await startTelemetry(settings, log)
  starting.defer(async () => telemetry.stop())
  const onRebuilding: EventLogOptions['onRebuilding'] = (position, headPosition) =>
    log.info({ position, headPosition }, 'Rebuilding read models before the node serves')
  const stores = await openStores(settings.dataDir, starting, wallClock.now, onRebuilding, telemetry.stores)
  if (!stores.ok && stores.error.type === 'DataDirectoryUnusable') return err(stores.error)
  if (!stores.ok) {
    return refuse(stores.error.type, `Another process writes to ${settings.dataDir}: stop it, or set SEEDBANK_DATA_DIR`)
  }
  const rules = await checkAccess(settings, stores.value, wallClock.now)
  if (!rules.ok) return rules
  try {
    const space = new DiskSpace(createDiskUseReader(settings))
    const base = { settings, stores: stores.value, wallClock, log, telemetry, space }
    const url = await startParts(base, rules.value, starting)
    const running = starting.move()
    return ok({ url, version: packageJson.version, stop: async () => running.disposeAsync() })
  } catch (error) {
    const refusal = refusalOf(error, settings)
    if (refusal === null) throw error
    return refusal
  }
}

async function startParts(base: NodeBase, rules: AccessRules, starting: AsyncDisposableStack): Promise<string> {
  const { settings, stores, wallClock, log } = base
  const runtime = await begin(base, starting)
  const { client, bandwidth } = await startTorrents(base, starting)
  const tracker = await startTracker(settings, client, (reason) =>
    log.error({ reason }, 'Cannot enter the node in its own tracker, and will try again'),
  )
  starting.defer(async () => tracker.stop())
  const bursts = createRecordingBursts(wallClock.now)
  const files = createNodeVerifications({
    settings,
    stores,
    files: createFilesWorker(stores.messagesFile),
    client,
    now: wallClock.now,
    logFailure: (details, { communityId, infoHash }) =>
      log.warn({ communityId, infoHash, details }, 'Cannot check or mend all files of a version'),
  })
  const { verifications } = files
  const members = createMembers({
    ...base,
    watch: base.telemetry.work,
    client,
    files,
    recordAs: (actor) => recordAs(actor, stores),
  })
  const reactors = startNodeReactors({ ...base, client, bandwidth, tracker, bursts, files, members })
  // Together: a reactor waits for what it asked of the client, and a disk may keep that for longer than a stop may take.
  starting.defer(async () => void (await Promise.all([reactors.stop(), verifications.stop(), client.stop()])))
  starting.defer(recordClientEvents(base, client, reactors.wake))
  const { version } = packageJson
  const access = { rules, runtimeSecret: runtime.secret }
  const uses = { access, version, client, bandwidth, tracker, reactors, bursts, verifications, members }
  const url = await serveApi(base, uses, starting)
  runtime.tellUrl(url)
  return url
}

/** Starts the torrent client, within its limits from the first byte on. */
async function startTorrents(
  base: NodeBase,
  starting: AsyncDisposableStack,
): Promise<{ readonly client: TorrentClient; readonly bandwidth: NodeBandwidth }> {
  const bandwidth = createNodeBandwidth(base, starting)
  const limits = await bandwidth.ofTorrents()
  const client = await createTorrentClient({ ...torrentClientSettingsOf(base.settings), limits })
  starting.defer(async () => client.stop())
  return { client, bandwidth }
}

/** @returns Ends it. */
function recordClientEvents({ stores, log }: NodeBase, client: TorrentClient, wake: Reactors['wake']): () => void {
  const record = createClientEventRecorder(stores, wake)
  return client.onEvent((event) => {
    if (event.type !== 'UP') log.warn(event, 'The torrent client reports')
    record(event).catch((fault: unknown) => log.error(fault, 'Cannot record what the torrent client reports'))
  })
}

async function begin(
  { settings, stores, wallClock, log }: NodeBase,
  starting: AsyncDisposableStack,
): Promise<RuntimeFile> {
  const { messagesEndAt } = stores
  if (messagesEndAt !== null) {
    log.error({ messagesEndAt }, 'Messages that were packed are missing in messages.db: bring it back')
  }
  const options = {
    stores,
    dataDir: settings.dataDir,
    version: packageJson.version,
    now: wallClock.now,
    onSwept: (swept: Pick<Reconciled, 'cut' | 'removed'>) =>
      log.warn(swept, 'Removed files that no event names, or that are of no more use'),
    onUnswept: ({ path, cause }: NotReconciled) =>
      log.error({ path, err: cause }, 'Cannot remove or cut what no event names, and will try again at the next start'),
    onFault: (fault: unknown) => log.error(fault, 'Cannot leave a sign of life, and will try again'),
  }
  const runtime = await beginRun(options, starting)
  starting.defer(startMembersLog({ events: stores.log, db: stores.db, log }))
  return runtime
}

function refusalOf(error: unknown, { host, port }: Settings): Result<never, AppRefused> | null {
  if (error instanceof TorrentPortInUse) {
    return refuse('TorrentPortInUse', `Port ${error.port} is in use: free it, or set SEEDBANK_TORRENT_PORT`)
  }
  if (error instanceof PersistedOperationsUnusable) return refuse('PersistedOperationsUnusable', error.message)
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return refuse('PortInUse', `Port ${port} of ${host} is in use: free it, or set SEEDBANK_PORT`)
  }
  return null
}

function refuse(type: AppRefused['type'], message: string): Result<never, AppRefused> {
  return err({ type, message })
}
