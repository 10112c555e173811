import type { InfoHash } from '../../domain/info-hash.ts'
import type { RequestOutcome } from './client-life.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import { ClientSupervisor } from './client-supervisor.ts'
import type { OpenFiles } from './open-files.ts'
import type { TorrentClientEvent } from './torrent-client-event.ts'
import type { TorrentStats } from './torrent-stats.ts'
import type { TorrentToServe } from './torrent-to-serve.ts'

/** Serves torrents from a process of its own, which is started again whenever it dies. */
export interface TorrentClient {
  /** The TCP port that peers dial; null while the process is down. */
  readonly port: number | null
  /** The process that serves now; null while there is none. */
  readonly pid: number | null
  /**
   * Checks the files, then serves them. Serving twice is harmless.
   *
   * @returns Refused with INTERNAL while the process is down or when it dies meanwhile, TIMED_OUT when
   *   it does not answer, else with what is wrong with the files. Never hangs.
   */
  serve(torrent: TorrentToServe): Promise<RequestOutcome>
  /**
   * Ends serving: it is not served once this resolves. Unknown is harmless. A process that cannot do it, or does not
   * answer, is ended.
   */
  drop(infoHash: InfoHash): Promise<void>
  /** Checks all of what is served; if damaged, it is dropped and told as FAILED. Refused where it could not be checked. */
  verify(torrent: TorrentToServe): Promise<RequestOutcome>
  /** What the living process serves; empty while it is down. */
  active(): ReadonlySet<InfoHash>
  /** Sampled once a second by the process, for what it serves. */
  stats(): ReadonlyMap<InfoHash, TorrentStats>
  /** Sampled once a second by the process; unknown while it is down. */
  openFiles(): OpenFiles
  /** @returns Ends the listening. */
  onEvent(listener: (event: TorrentClientEvent) => void): () => void
  /** Says goodbye to peers and trackers and ends the process, within 3 s. No events follow. */
  stop(): Promise<void>
}

const ANSWER_MS = 30_000

/**
 * Starts the torrent client and waits until it listens.
 *
 * @param answerMs How long the process may take to answer, verification not counted.
 * @throws TorrentPortInUse; an Error that says how the process ended before it listened.
 */
export async function createTorrentClient(
  settings: TorrentClientSettings,
  answerMs: number = ANSWER_MS,
): Promise<TorrentClient> {
  const client = new ClientSupervisor(settings, answerMs)
  await client.start()
  return client
}
