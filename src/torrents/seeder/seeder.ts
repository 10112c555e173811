import { createHash } from 'node:crypto'
import WebTorrent, { type TorrentInput } from 'webtorrent'
import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { findDamage, openChecked } from './checked-files.ts'
import { createReadOnlyStore } from './chunk-store.ts'
import type { TorrentClientSettings } from '../client/client-settings.ts'
import { guardDht } from '../guards/dht-guard.ts'
import { ruleIncoming, sendDialledAtOnce } from './incoming-connections.ts'
import { createJobQueues } from './job-queues.ts'
import { createOpenFileBudget } from './open-file-budget.ts'
import { dialBothWays } from './plain-text-dialling.ts'
import { createRefusedAddresses } from '../guards/refused-addresses.ts'
import { requireEncryption } from './require-encryption.ts'
import { failureCodeOf } from './seeding-failure.ts'
import { createSharedFiles } from './shared-file.ts'
import type { TorrentFiles } from './torrent-files.ts'
import { createStatsSampler, type StatsSample } from '../client/torrent-stats.ts'
import type { OpenFiles } from '../client/open-files.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { webTorrentOptions } from './webtorrent-options.ts'
import { guardWires, type OnOffence } from '../guards/wire-guards.ts'

/** Serves torrents to peers, inside the torrent client's process. */
export interface Seeder {
  /** The TCP port that peers dial. */
  readonly port: number
  /**
   * Checks the files and serves them. Serving twice is harmless.
   *
   * @throws SeedingFailure or a system error; see `failureCodeOf`.
   */
  serve(torrent: TorrentToServe): Promise<void>
  /** Ends serving, and closes the files. Unknown is harmless. */
  drop(infoHash: InfoHash): Promise<void>
  /**
   * Checks all that a torrent serves, meanwhile serving it. A damaged one is dropped, which the observer is told; unknown
   * is harmless.
   *
   * @throws What kept it from checking.
   */
  verify(torrent: TorrentToServe): Promise<void>
  /** The torrents whose figures changed since the last sample. */
  sample(): StatsSample[]
  /** Counts what this process has open. */
  openFiles(): OpenFiles
  /** Says goodbye to peers and trackers. */
  close(): Promise<void>
}

/** What a seeder tells by itself. */
export interface SeederObserver {
  /** A torrent that was served could not be served any longer, and was dropped. */
  onFailed(infoHash: InfoHash, code: SeedingFailureCode, error: unknown): void
  /** webtorrent gave up as a whole. Nothing is served any more. */
  onGone(error: Error): void
  /** What was hashed could not be noted down, and is hashed again at the next start; or a note could not be taken away. */
  onStampFailed(infoHash: InfoHash, error: unknown): void
  readonly onOffence: OnOffence
}

/** So many torrents are opened and checked at once: enough for the disk, few for the limit of open files. */
const OPENED_AT_ONCE = 16
/** Pieces of 100 KiB that webtorrent keeps for each torrent, so that six blocks cost one read. */
const CACHED_PIECES = 8

/**
 * Starts webtorrent and waits until it listens.
 *
 * @throws The system error when it cannot, such as EADDRINUSE.
 */
export async function createSeeder(settings: TorrentClientSettings, observer: SeederObserver): Promise<Seeder> {
  const client = await listen(settings, observer)
  const jobs = createJobQueues(OPENED_AT_ONCE)
  const openFiles = createOpenFileBudget()
  const checks = { shared: createSharedFiles(), onStampFailed: observer.onStampFailed }
  const serving = new Map<InfoHash, TorrentFiles>()

  async function serve(torrent: TorrentToServe): Promise<void> {
    const { infoHash } = torrent
    if (serving.has(infoHash)) return
    const { metainfo, files } = await openFiles.admit(infoHash, () => openChecked(checks, torrent))
    serving.set(infoHash, files)
    try {
      await add(client, metainfo, files, (error) => void jobs.run(infoHash, () => fail(infoHash, error)))
    } catch (error) {
      await drop(infoHash)
      throw error
    }
  }
  async function drop(infoHash: InfoHash): Promise<void> {
    const files = serving.get(infoHash)
    serving.delete(infoHash)
    if (client.torrents.some((one) => one.infoHash === infoHash)) await client.remove(infoHash)
    await files?.close() // webtorrent closes its store, but not in every one of its own failures.
  }
  async function fail(infoHash: InfoHash, error: unknown): Promise<void> {
    if (!serving.has(infoHash)) return
    await drop(infoHash)
    observer.onFailed(infoHash, failureCodeOf(error), error)
  }

  return {
    port: client.torrentPort,
    serve: (torrent) => jobs.run(torrent.infoHash, () => serve(torrent)),
    drop: (infoHash) => jobs.run(infoHash, () => drop(infoHash)),
    async verify(torrent) {
      // In a queue of its own: a drop does not wait until all is hashed.
      const damage = await jobs.run(`verify ${torrent.infoHash}`, () => findDamage(checks, torrent))
      if (damage !== null) await jobs.run(torrent.infoHash, () => fail(torrent.infoHash, damage))
    },
    sample: createSampling(client),
    openFiles: openFiles.count,
    close: () => new Promise((resolve) => (client.destroyed ? resolve() : client.destroy(() => resolve()))),
  }
}

function listen(settings: TorrentClientSettings, observer: SeederObserver): Promise<WebTorrent> {
  const refused = createRefusedAddresses(settings.refuseAfterOffences)
  const client = new WebTorrent(webTorrentOptions(settings))
  client.blocked = { contains: (address) => refused.refuses(address) }
  guardWires(client, (offence, address, cause) => {
    if (address !== null) refused.blame(address)
    observer.onOffence(offence, address, cause)
  })
  guardDht(client, observer.onOffence)
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

function createSampling(client: WebTorrent): Seeder['sample'] {
  const sample = createStatsSampler()
  return () => sample(client.torrents)
}

/** Hands the torrent to webtorrent and waits until it answers peers. */
function add(
  client: WebTorrent,
  metainfo: TorrentInput,
  files: TorrentFiles,
  onError: (error: unknown) => void,
): Promise<void> {
  const preloadedStore = createReadOnlyStore(files, metainfo.pieceLength, onError)
  return new Promise((resolve, reject) => {
    const options = { preloadedStore, skipVerify: true, storeCacheSlots: CACHED_PIECES }
    const torrent = client.add(metainfo, options, () => {
      torrent.off('error', reject)
      torrent.on('error', onError)
      resolve()
    })
    // By this hash peers that dial encrypted name the torrent. webtorrent would take a turn of the
    // event loop to make it, in which the peer could be gone.
    torrent.infoHashHash = createHash('sha1').update('req2').update(Buffer.from(metainfo.infoHash, 'hex')).digest('hex')
    torrent.once('error', reject)
  })
}
