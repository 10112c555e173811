import type WebTorrent from 'webtorrent'
import type { CommunityId } from '../../domain/community-id.ts'
import { resolveHost } from '../../addresses/resolve-host.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { TorrentToDownload } from '../client/download.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { FetchFailure } from '../seeder/fetch-failure.ts'
import type { JobQueues } from '../seeder/job-queues.ts'
import type { ServedTorrents } from '../seeder/served-torrents.ts'
import { NO_WEB_SOURCES } from '../../domain/web-seed.ts'
import { joinWebSources } from '../web-sources/join-web-sources.ts'
import { DownloadSession, type Join } from './download-session.ts'
import { Swarm, type SwarmObserver } from './swarm.ts'

/** What downloads have to know of their surroundings. */
export interface DownloadPorts {
  readonly client: WebTorrent
  /** In which each torrent begins and ends to be served, so that a download does not begin in the middle of that. */
  readonly jobs: JobQueues
  readonly served: ServedTorrents
  /** Which of its trackers may be announced to. */
  admit(this: void, torrent: TorrentToDownload): readonly string[]
  /** Whether web seeds may be on this machine and its network. */
  readonly allowPrivate: boolean
  /** Told of a web seed, or of what should be a torrent file, that gave nothing. */
  onSourceFailed(infoHash: InfoHash, error: unknown): void
  /** Told of a torrent that could not be served any more after its download had taken it over. */
  onFailed(infoHash: InfoHash, error: unknown): void
  /** Told of a stamp that could not be written or taken away. */
  onStampFailed(infoHash: InfoHash, error: unknown): void
}

interface Running {
  readonly session: DownloadSession
  /** What was served of it before, and is to be served after. */
  readonly takenOver: TorrentToServe | null
}

/** The downloads that are open: at most one of a torrent is in its swarm. */
export class Downloads {
  readonly #ports: DownloadPorts
  readonly #running = new Map<InfoHash, Running>()

  constructor(ports: DownloadPorts) {
    this.#ports = ports
  }

  /** Opens one. It joins the swarm with its first call that needs peers. */
  open(wanted: TorrentToDownload): DownloadSession {
    const { infoHash } = wanted
    const { client, jobs, admit, onStampFailed } = this.#ports
    const admitted = { ...wanted, trackers: admit(wanted) }
    const join: Join = (input, here, observer) =>
      // Only its beginning has a turn in the queue: it takes as long as the peers do.
      jobs.run(infoHash, async () => {
        const takenOver = await this.#takeOver(infoHash, here !== null)
        this.#running.set(infoHash, { session, takenOver })
        const swarm = new Swarm(client, input, here, observer)
        this.#joinWebSources(swarm, wanted, here !== null, observer)
        return swarm
      })
    const session = new DownloadSession(admitted, join, (error) => onStampFailed(infoHash, error))
    return session
  }

  /** Closes it, and gives back what it took over. @throws When not all that was written may be durable. */
  async close(session: DownloadSession): Promise<void> {
    try {
      await session.leave()
    } finally {
      // Nobody waits for the check of what is served again. Whoever serves or drops it has a later turn.
      void this.#ports.jobs.run(session.wanted.infoHash, () => this.#giveBack(session))
    }
  }

  /** Whether a download is in the swarm of the torrent. */
  has(infoHash: InfoHash): boolean {
    return this.#running.has(infoHash)
  }

  /** Whose archives are in the swarm of the torrent; null where no download is. */
  communityOf(infoHash: InfoHash): CommunityId | null {
    return this.#running.get(infoHash)?.session.wanted.communityId ?? null
  }

  /** Whether it is, and took it over from those that are served. */
  hasTakenOver(infoHash: InfoHash): boolean {
    return (this.#running.get(infoHash)?.takenOver ?? null) !== null
  }

  /**
   * Aborts the download of a torrent, if one is in its swarm: nothing of it is written or given to peers once this resolves,
   * and what it took over is not given back. Called in the torrent's turn of the queue.
   */
  async end(infoHash: InfoHash): Promise<void> {
    const running = this.#running.get(infoHash)
    this.#running.delete(infoHash)
    await Promise.allSettled([running?.session.leave()]) // Whoever opened it hears of it.
  }

  /** Ends all, as when the process does. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((infoHash) => this.end(infoHash)))
  }

  /** Only a torrent of which a part is served can be taken over: of others there is nothing to download. */
  async #takeOver(infoHash: InfoHash, isKnown: boolean): Promise<TorrentToServe | null> {
    const { served } = this.#ports
    const torrent = served.torrentOf(infoHash)
    const isWhole = torrent !== null && torrent.heldPath === null
    if (this.#running.has(infoHash) || isWhole || (torrent !== null && !isKnown))
      throw new FetchFailure('IN_USE', `Cannot download ${infoHash}: it is served, or downloaded already`)
    await served.drop(infoHash)
    return torrent
  }

  #joinWebSources(swarm: Swarm, wanted: TorrentToDownload, isKnown: boolean, { onMetadata }: SwarmObserver): void {
    const { infoHash, webSources = NO_WEB_SOURCES } = wanted
    const { allowPrivate, onSourceFailed } = this.#ports
    const rules = { resolve: resolveHost, allowPrivate }
    const onFailed = (failure: unknown): void => onSourceFailed(infoHash, failure)
    joinWebSources(swarm.torrent, isKnown, { ...webSources, infoHash, rules, onMetadata, onFailed })
  }

  async #giveBack(session: DownloadSession): Promise<void> {
    const { infoHash } = session.wanted
    const running = this.#running.get(infoHash)
    if (running?.session !== session) return
    this.#running.delete(infoHash)
    if (running.takenOver === null) return
    try {
      await this.#ports.served.serve({ ...running.takenOver, check: 'IF_CHANGED' })
    } catch (error) {
      this.#ports.onFailed(infoHash, error)
    }
  }
}
