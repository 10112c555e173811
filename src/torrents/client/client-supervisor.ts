import type { InfoHash } from '../../domain/info-hash.ts'
import { err } from '../../domain/result.ts'
import { startClientLife, type ClientLife, type ProcessExit } from './client-life.ts'
import { PORT_IN_USE_EXIT_CODE } from './client-protocol.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import { DHT_TIMES } from '../dht/info-hash-items.ts'
import type { GetItemOutcome, PutItemOutcome } from '../dht/item-outcomes.ts'
import type { ItemToPut } from './item-to-put.ts'
import type { FetchOptions, FetchOutcome, PiecesToFetch } from './pieces-to-fetch.ts'
import { NO_DOWNLOAD, type Download, type TorrentToDownload } from './download.ts'
import { createOpenFilesAlarm, UNKNOWN_OPEN_FILES, type OpenFiles } from './open-files.ts'
import type { RequestOutcome } from './request-calls.ts'
import { createRestartDelays } from './restart-delays.ts'
import type { TorrentClientEvent } from './torrent-client-event.ts'
import { TorrentPortInUse } from './torrent-port-in-use.ts'
import type { TorrentLimits } from './torrent-limits.ts'
import type { StatsSample, TorrentStats } from './torrent-stats.ts'
import { TrafficOfLives, type Traffic } from './traffic.ts'
import { CHECKED_AT_ONCE, type TorrentToServe } from './torrent-to-serve.ts'

/** What a slow disk reads, for the time that a check may take while others take theirs. */
const SLOW_DISK_BYTES_PER_MS = 20_000

/** The torrent client as `createTorrentClient` makes it: one life of its process after the other. */
export class ClientSupervisor {
  #settings: TorrentClientSettings
  readonly #answerMs: number
  #life: ClientLife | null = null
  #port: number | null = null
  #stopping = false
  #restart: NodeJS.Timeout | null = null
  readonly #delays = createRestartDelays()
  readonly #active = new Set<InfoHash>()
  readonly #stats = new Map<InfoHash, TorrentStats>()
  #openFiles = UNKNOWN_OPEN_FILES
  readonly #traffic = new TrafficOfLives()
  readonly traffic = (): Traffic => this.#traffic.total()
  readonly #isAlarming = createOpenFilesAlarm()
  readonly #listeners = new Set<(event: TorrentClientEvent) => void>()

  constructor(settings: TorrentClientSettings, answerMs: number) {
    this.#settings = settings
    this.#answerMs = answerMs
  }

  get port(): number | null {
    return this.#port
  }

  get pid(): number | null {
    return (this.#port !== null && this.#life?.pid) || null
  }

  async start(): Promise<void> {
    let exit = await this.#begin()
    while (exit?.signal === 'SIGINT' || exit?.signal === 'SIGTERM') exit = await this.#begin() // Sent to the whole node.
    if (exit === null) return
    if (exit.exitCode === PORT_IN_USE_EXIT_CODE) throw new TorrentPortInUse(this.#settings.torrentPort)
    const end = exit.signal ?? `exit code ${exit.exitCode}`
    throw new Error(`Cannot start the torrent client: its process ended with ${end} before it listened`)
  }

  async serve(torrent: TorrentToServe): Promise<RequestOutcome> {
    const life = this.#life
    if (life === null || this.#port === null) return err({ code: 'INTERNAL' })
    const outcome = await life.request({ type: 'SERVE', torrent }, this.#checkMs(torrent.dataBytes))
    if (life !== this.#life) return err({ code: 'INTERNAL' }) // Served by a process that is gone.
    if (outcome.ok) this.#active.add(torrent.infoHash)
    // It may still come to serve it, and nobody would know.
    else if (outcome.error.code === 'TIMED_OUT') await this.drop(torrent.infoHash)
    return outcome
  }

  async drop(infoHash: InfoHash): Promise<void> {
    this.#forget(infoHash)
    const life = this.#life
    if (life === null || this.#port === null) return
    const outcome = await life.request({ type: 'DROP', infoHash }, this.#answerMs)
    // It may be served still, and nobody would know. The next process serves only what it is asked to.
    if (!outcome.ok) await life.end()
    this.#forget(infoHash)
  }

  limit(limits: TorrentLimits): void {
    this.#settings = { ...this.#settings, limits }
    this.#life?.limit(limits)
  }

  openDownload(wanted: TorrentToDownload): Download {
    return this.#life === null || this.#port === null ? NO_DOWNLOAD : this.#life.openDownload(wanted, this.#answerMs)
  }

  async fetch({ pieces, stallMs, ...torrent }: PiecesToFetch, options: FetchOptions = {}): Promise<FetchOutcome> {
    const download = this.openDownload(torrent)
    const files = { dataPath: torrent.dataPath, indexPath: torrent.indexPath, heldPath: null }
    try {
      return await download.fetch({ files, pieces, ...(stallMs !== undefined && { stallMs }) }, options)
    } finally {
      await download.close()
    }
  }

  async putItem({ publicKey, ...item }: ItemToPut): Promise<PutItemOutcome> {
    if (this.#life === null || this.#port === null) return err({ code: 'INTERNAL' })
    return this.#life.items.put(publicKey, item, DHT_TIMES.lookUpMs + DHT_TIMES.putMs + this.#answerMs)
  }

  async getItem(publicKey: string): Promise<GetItemOutcome> {
    if (this.#life === null || this.#port === null) return err({ code: 'INTERNAL' })
    return this.#life.items.get(publicKey, DHT_TIMES.lookUpMs + this.#answerMs)
  }

  active(): ReadonlySet<InfoHash> {
    return this.#active
  }

  stats(): ReadonlyMap<InfoHash, TorrentStats> {
    return this.#stats
  }

  openFiles(): OpenFiles {
    return this.#openFiles
  }

  onEvent(listener: (event: TorrentClientEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#restart) clearTimeout(this.#restart)
    await this.#life?.stop()
  }

  #checkMs(bytes: number): number {
    return this.#answerMs + (bytes * CHECKED_AT_ONCE) / SLOW_DISK_BYTES_PER_MS
  }

  /** Starts a process. Null once it listens; else how it ended. */
  async #begin(): Promise<ProcessExit | null> {
    const life = startClientLife(this.#settings, {
      onFailed: (infoHash, code) => {
        this.#forget(infoHash)
        this.#emit({ type: 'FAILED', infoHash, code })
      },
      onStats: (changed, openFiles, traffic) => {
        this.#traffic.sample(traffic)
        changed.forEach((sample) => this.#keep(sample))
        this.#openFiles = openFiles
        if (this.#isAlarming(openFiles)) this.#emit({ type: 'MANY_OPEN_FILES', ...openFiles })
      },
    })
    this.#life = life
    const listening = await life.listening
    if (!listening.ok) return listening.error
    this.#port = listening.value
    this.#delays.up()
    void life.exited.then((exit) => this.#onDown(exit))
    return null
  }

  #onDown(exit: ProcessExit): void {
    const port = this.#port
    this.#life = null
    this.#port = null
    this.#active.clear()
    this.#stats.clear()
    this.#openFiles = UNKNOWN_OPEN_FILES
    this.#traffic.lifeEnded()
    if (this.#stopping) return
    // Peers and trackers know the port that was free, so the next process takes the same.
    if (port !== null) this.#settings = { ...this.#settings, torrentPort: port }
    this.#emit({ type: 'DOWN', ...exit })
    this.#beginLater()
  }

  #beginLater(): void {
    this.#restart = setTimeout(() => {
      void this.#begin().then((exit) => {
        if (this.#stopping) return this.stop()
        return exit === null ? this.#emit({ type: 'UP' }) : this.#beginLater()
      })
    }, this.#delays.next())
  }

  #keep({ infoHash, ...stats }: StatsSample): void {
    if (this.#active.has(infoHash)) this.#stats.set(infoHash, stats)
  }

  #forget(infoHash: InfoHash): void {
    this.#active.delete(infoHash)
    this.#stats.delete(infoHash)
  }

  #emit(event: TorrentClientEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
