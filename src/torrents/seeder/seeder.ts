import WebTorrent from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import { openChecked } from './checked-files.ts'
import type { TorrentClientSettings } from '../client/client-settings.ts'
import { Downloads } from '../download/downloads.ts'
import { createInfoHashItems, type InfoHashItems } from '../dht/info-hash-items.ts'
import { guardDht } from '../guards/dht-guard.ts'
import { ruleIncoming, sendDialledAtOnce } from './incoming-connections.ts'
import { createJobQueues } from './job-queues.ts'
import { createJobSlots } from './job-slots.ts'
import { createOpenFileBudget } from './open-file-budget.ts'
import { dialBothWays } from './plain-text-dialling.ts'
import { createRefusedAddresses } from '../guards/refused-addresses.ts'
import { requireEncryption } from './require-encryption.ts'
import { SeedingFailure } from './seeding-failure.ts'
import { createServedTorrents } from './served-torrents.ts'
import { createSharedFiles } from './shared-file.ts'
import { createLimits } from './limits.ts'
import type { TorrentLimits } from '../client/torrent-limits.ts'
import { createStatsSampler, type StatsSample } from '../client/torrent-stats.ts'
import type { OpenFiles } from '../client/open-files.ts'
import { countTraffic, type Traffic } from '../client/traffic.ts'
import { CHECKED_AT_ONCE, type TorrentToServe } from '../client/torrent-to-serve.ts'
import { webTorrentOptions } from './webtorrent-options.ts'
import { hostOf } from '../guards/peer-host.ts'
import { dialNoPrivatePeers } from '../guards/private-peers.ts'
import { admitPublicTrackers, ANY_HOST, type TrackerHosts } from '../guards/tracker-hosts.ts'
import { guardWires, type OnOffence } from '../guards/wire-guards.ts'

/** Serves torrents to peers, inside the torrent client's process. */
export interface Seeder {
  /** The TCP port that peers dial. */
  readonly port: number
  /**
   * Checks the files and serves them. Serving twice is harmless.
   *
   * @param onWait Told with true when it has to wait for the checks of other torrents, and then with false.
   * @returns How many pieces should have been here and are not: they are not offered.
   * @throws SeedingFailure or a system error; see `failureCodeOf`.
   */
  serve(torrent: TorrentToServe, onWait: (isWaiting: boolean) => void): Promise<number>
  /** Ends serving or downloading, and closes the files. It waits for no other torrent. Unknown is harmless. */
  drop(infoHash: InfoHash): Promise<void>
  /** From now on these limits count, for whoever is connected too. */
  limit(limits: TorrentLimits): void
  readonly downloads: Downloads
  /** What the distributed hash table says of communities' newest torrents. */
  readonly items: InfoHashItems
  /** The torrents whose figures changed since the last sample. */
  sample(): StatsSample[]
  /** Counts what this process has open. */
  openFiles(): OpenFiles
  /** What passed since it listens. */
  traffic(): Traffic
  /** Says goodbye to peers and trackers. */
  close(): Promise<void>
}

/** What a seeder tells by itself. */
export interface SeederObserver {
  /** A torrent that was served could not be served any longer, and was dropped: see `failureCodeOf`. */
  onFailed(this: void, infoHash: InfoHash, error: unknown): void
  /** webtorrent gave up as a whole. Nothing is served any more. */
  onGone(error: Error): void
  /** What was hashed could not be noted down, and is hashed again at the next start; or a note could not be taken away. */
  onStampFailed(infoHash: InfoHash, error: unknown): void
  readonly onOffence: OnOffence
  /** Something that a link names gave nothing over HTTP. */
  onSourceFailed(this: void, infoHash: InfoHash, error: unknown): void
}

/**
 * Starts webtorrent and waits until it listens.
 *
 * @throws The system error when it cannot, such as EADDRINUSE.
 */
export async function createSeeder(settings: TorrentClientSettings, observer: SeederObserver): Promise<Seeder> {
  const hosts = settings.privateAddresses ? ANY_HOST : admitPublicTrackers(hostsOf(settings))
  const client = await listen(settings, hosts, observer)
  const [jobs, checking] = [createJobQueues(), createJobSlots(CHECKED_AT_ONCE)]
  const [openFiles, checks] = [createOpenFileBudget(), { ...observer, shared: createSharedFiles() }]
  const served = createServedTorrents(
    client,
    (torrent) => openFiles.admit(torrent.infoHash, () => openChecked(checks, torrent)),
    (infoHash, error) => void jobs.run(infoHash, () => fail(infoHash, error)),
  )
  const downloads = new Downloads({ ...observer, ...hosts, client, jobs, served })

  async function serve(torrent: TorrentToServe): Promise<number> {
    const { infoHash } = torrent
    if (downloads.hasTakenOver(infoHash)) return 0
    if (downloads.has(infoHash))
      throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${infoHash}: its pieces are being fetched`)
    return served.serve({ ...torrent, trackers: hosts.admit(torrent) })
  }
  async function drop(infoHash: InfoHash): Promise<void> {
    await downloads.end(infoHash)
    await served.drop(infoHash)
  }
  async function fail(infoHash: InfoHash, error: unknown): Promise<void> {
    if (!served.has(infoHash)) return
    await served.drop(infoHash)
    observer.onFailed(infoHash, error)
  }

  return {
    port: client.torrentPort,
    serve: (torrent, onWait) => jobs.run(torrent.infoHash, () => checking.run(() => serve(torrent), onWait)),
    drop: (infoHash) => jobs.run(infoHash, () => drop(infoHash)),
    limit: createLimits(client, { served, downloads }, settings.limits),
    downloads,
    items: createInfoHashItems(client.dht),
    sample: createSampling(client),
    openFiles: openFiles.count,
    traffic: countTraffic(client),
    close: () => close(client, downloads),
  }
}

async function close(client: WebTorrent, downloads: Downloads): Promise<void> {
  await downloads.endAll()
  await new Promise<void>((resolve) => (client.destroyed ? resolve() : client.destroy(() => resolve())))
}

function listen(settings: TorrentClientSettings, hosts: TrackerHosts, observer: SeederObserver): Promise<WebTorrent> {
  const refused = createRefusedAddresses(settings.refuseAfterOffences)
  const client = new WebTorrent(webTorrentOptions(settings, hosts))
  client.blocked = { contains: (address) => refused.refuses(address) }
  guardWires(client, (offence, address, cause) => {
    if (address !== null) refused.blame(address)
    observer.onOffence(offence, address, cause)
  })
  guardDht(client, observer.onOffence)
  if (!settings.privateAddresses) dialNoPrivatePeers(client)
  sendDialledAtOnce(client)
  if (settings.encryption === 'PREFERRED') dialBothWays(client)
  if (settings.encryption === 'REQUIRED') requireEncryption(client)
  ruleIncoming(client, { maxConnections: settings.maxConnections, refuses: (address) => refused.refuses(address) })
  return new Promise((resolve, reject) => {
    client.once('error', reject)
    client.once('listening', () => {
      client.off('error', reject)
      client.on('error', (error: Error) => observer.onGone(error))
      resolve(client)
    })
  })
}

/** Where the operator has the distributed hash table joined. */
function hostsOf({ dhtBootstrap }: TorrentClientSettings): readonly string[] {
  return (dhtBootstrap ?? []).map(hostOf)
}

function createSampling(client: WebTorrent): Seeder['sample'] {
  const sample = createStatsSampler()
  return () => sample(client.torrents)
}
