import { open } from 'node:fs/promises'
import { encodeInfo, type TorrentInfo } from '../../formats/torrent-file.ts'
import type { DownloadOptions, DownloadStats, PiecesToDownload, TorrentToDownload } from '../client/download.ts'
import { STALL_MS } from '../client/pieces-to-fetch.ts'
import { FetchFailure } from '../seeder/fetch-failure.ts'
import { readTorrentOf, torrentInputOf, torrentOfInfo } from '../seeder/torrent-metainfo.ts'
import { createWritingStore } from '../seeder/writing-store.ts'
import { awaitMetadata, type AwaitedMetadata } from './await-metadata.ts'
import { DownloadDisk } from './download-disk.ts'
import type { PiecesHere, Swarm, SwarmInput, SwarmObserver } from './swarm.ts'
import { watchFetch, type FetchWatch } from './watch-fetch.ts'
import { numbersOf } from './wanted-numbers.ts'

/** Joins the swarm of the session's torrent, once nobody else is in it. */
export type Join = (input: SwarmInput, here: PiecesHere | null, observer: SwarmObserver) => Promise<Swarm>

/** How a call is ended from outside. */
export type CallOptions = DownloadOptions & { readonly signal: AbortSignal }

/**
 * A download inside the torrent client's process, as `Download` says. Its methods throw FetchFailure, SeedingFailure or a
 * system error, see `fetchFailureCodeOf`.
 */
export class DownloadSession {
  readonly wanted: TorrentToDownload
  readonly #join: Join
  readonly #onStampFailed: (error: unknown) => void
  /** Rejects with what ended the session: then it is of no more use. */
  readonly #over = Promise.withResolvers<never>()
  readonly #metadata: AwaitedMetadata = awaitMetadata()
  /** All pieces that were ever asked for: these may be written. */
  readonly #asked = new Set<number>()
  #known: Promise<TorrentInfo> | null = null
  #disk: Promise<DownloadDisk> | null = null
  #joining: Promise<Swarm> | null = null
  #swarm: Swarm | null = null
  #call: { readonly watch: FetchWatch; readonly options: DownloadOptions } | null = null
  #isBusy = false
  #leaving: Promise<void> | null = null

  /** @param onStampFailed See `DiskObserver`. */
  constructor(wanted: TorrentToDownload, join: Join, onStampFailed: (error: unknown) => void) {
    this.wanted = wanted
    this.#join = join
    this.#onStampFailed = onStampFailed
    this.#over.promise.catch(() => undefined) // Told to whoever calls next.
  }

  /** The info dictionary. */
  async metadata(timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#alone(signal, async (stop) => {
      if (this.wanted.torrentPath !== null) return encodeInfo(await this.#readTorrent(this.wanted.torrentPath))
      return this.#askForMetadata(timeoutMs, stop)
    })
  }

  async fetch(wanted: PiecesToDownload, options: CallOptions): Promise<void> {
    return this.#alone(options.signal, async (stop) => this.#fetch(wanted, options, stop))
  }

  sample(): DownloadStats {
    const torrent = this.#swarm?.torrent
    return {
      peers: this.#swarm?.peers().length ?? 0,
      downloadBytesPerSecond: Math.round(torrent?.downloadSpeed ?? 0),
      downloadedBytes: torrent?.received ?? 0,
    }
  }

  /** Leaves the swarm, and closes the files. @throws When not all that was written may be durable and noted. */
  async leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    this.#over.reject(new FetchFailure('ABORTED', `The download of ${this.wanted.infoHash} was closed`))
    // What failed there was told to whoever asked for it.
    const [swarm, disk] = await Promise.allSettled([this.#joining, this.#disk])
    if (swarm.status === 'fulfilled') await swarm.value?.leave()
    if (disk.status === 'fulfilled') await disk.value?.close()
  }

  async #alone<Value>(signal: AbortSignal, call: (stop: Promise<never>) => Promise<Value>): Promise<Value> {
    if (this.#isBusy) throw new Error(`Cannot go on with ${this.wanted.infoHash}: another call is under way`)
    this.#isBusy = true
    const aborted = Promise.withResolvers<never>()
    const abort = (): void =>
      aborted.reject(new FetchFailure('ABORTED', `The download of ${this.wanted.infoHash} was aborted`))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    const stop = Promise.race([this.#over.promise, aborted.promise])
    stop.catch(() => undefined) // A call may end without looking.
    try {
      return await call(stop)
    } finally {
      signal.removeEventListener('abort', abort)
      this.#isBusy = false
    }
  }

  async #askForMetadata(timeoutMs: number, stop: Promise<never>): Promise<Uint8Array> {
    const { infoHash, trackers, peers = [] } = this.wanted
    const magnet = { infoHash, announce: [...trackers], urlList: [] }
    const swarm = await Promise.race([stop, this.#joinOnce(magnet, null)])
    swarm.dial(peers)
    return this.#metadata.within(swarm, timeoutMs, stop)
  }

  async #fetch(wanted: PiecesToDownload, options: DownloadOptions, stop: Promise<never>): Promise<void> {
    const { stallMs = STALL_MS } = wanted
    const torrent = await this.#torrent(stallMs, stop)
    const pieces = numbersOf(wanted.pieces, torrent)
    this.#disk ??= this.#openDisk(wanted, torrent, pieces)
    const disk = await Promise.race([stop, this.#disk])
    const missing = [...pieces].filter((piece) => !disk.isHere(piece))
    await disk.requireFree(missing)
    for (const piece of missing) this.#asked.add(piece)
    if (missing.length === 0) return disk.flush()
    const swarm = await Promise.race([stop, this.#joinWith(torrent, disk)])
    swarm.dial(this.wanted.peers ?? [])
    using watch = watchFetch(swarm, missing, stallMs)
    this.#call = { watch, options }
    try {
      swarm.select(missing)
      await Promise.race([stop, watch.ended])
      await disk.flush()
    } catch (error) {
      swarm.deselect()
      await Promise.allSettled([disk.flush()]) // What failed first is told.
      throw error
    } finally {
      this.#call = null
    }
  }

  async #torrent(timeoutMs: number, stop: Promise<never>): Promise<TorrentInfo> {
    const { torrentPath, infoHash } = this.wanted
    if (torrentPath === null) return torrentOfInfo(await this.#askForMetadata(timeoutMs, stop), infoHash)
    return Promise.race([stop, this.#readTorrent(torrentPath)])
  }

  async #readTorrent(path: string): Promise<TorrentInfo> {
    this.#known ??= readTorrentAt(path, this.wanted)
    return this.#known
  }

  async #openDisk(
    { files }: PiecesToDownload,
    torrent: TorrentInfo,
    asked: ReadonlySet<number>,
  ): Promise<DownloadDisk> {
    return DownloadDisk.open(files, torrent, asked, {
      onDurable: (pieces) => this.#call?.options.onDurable?.(pieces),
      onFailed: (error) => this.#fail(error),
      onStampFailed: this.#onStampFailed,
    })
  }

  /** Joins with all that is known; or tells the swarm of it, which was joined for the metadata. */
  async #joinWith(torrent: TorrentInfo, disk: DownloadDisk): Promise<Swarm> {
    const store = createWritingStore(torrent, disk.files, this.#asked, {
      onWritten: (piece, bytes) => {
        disk.wrote(piece, bytes)
        this.#call?.options.onPiece?.(piece)
        this.#call?.watch.came(piece)
      },
      onDamaged: () => disk.distrust(),
      onFailedRead: (error) => this.#fail(error),
    })
    const here: PiecesHere = { store, bitfield: disk.bitfield }
    const { infoHash, trackers } = this.wanted
    const input = torrentInputOf({ ...torrent, infoHash }, trackers)
    const swarm = await this.#joinOnce(input, here)
    await swarm.learn(input, here)
    return swarm
  }

  async #joinOnce(input: SwarmInput, here: PiecesHere | null): Promise<Swarm> {
    this.#joining ??= this.#join(input, here, {
      onMetadata: this.#metadata.take,
      onMetadataTooLarge: this.#metadata.tooLarge,
      onEnd: (error) => this.#fail(error),
    })
    this.#swarm = await this.#joining
    return this.#swarm
  }

  #fail(error: unknown): void {
    this.#over.reject(error)
    void this.#swarm?.leave()
  }
}

async function readTorrentAt(path: string, { infoHash }: TorrentToDownload): Promise<TorrentInfo> {
  await using file = await open(path, 'r')
  return await readTorrentOf(file, infoHash) // Before the file is closed.
}
