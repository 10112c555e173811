import type { InfoHash } from '../../domain/info-hash.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import { ClientSupervisor } from './client-supervisor.ts'
import type { GetItemOutcome, PutItemOutcome } from '../dht/item-outcomes.ts'
import type { ItemToPut } from './item-to-put.ts'
import type { Download, TorrentToDownload } from './download.ts'
import type { FetchOptions, FetchOutcome, PiecesToFetch } from './pieces-to-fetch.ts'
import type { OpenFiles } from './open-files.ts'
import type { RequestOutcome } from './request-calls.ts'
import type { TorrentLimits } from './torrent-limits.ts'
import type { TorrentClientEvent } from './torrent-client-event.ts'
import type { TorrentStats } from './torrent-stats.ts'
import type { Traffic } from './traffic.ts'
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
   * @returns What of it could not be served, though it should. Refused with INTERNAL while the process is down or when it dies meanwhile, TIMED_OUT when
   *   it does not answer, else with what is wrong with the files. Never hangs.
   */
  serve(torrent: TorrentToServe): Promise<RequestOutcome>
  /**
   * Ends serving, and a fetch: neither goes on once this resolves. Unknown is harmless. A process that cannot do it, or does not
   * answer, is ended.
   */
  drop(infoHash: InfoHash): Promise<void>
  /** From now on these limits count, also for whoever is connected, and for each process that is started after. */
  limit(limits: TorrentLimits): void
  /**
   * Fetches pieces of a torrent from its peers, and writes each in place once its hash was verified. No other byte of the
   * files is written. Meanwhile it gives peers the other pieces, and does not count as served; serving it is refused with
   * PIECES_DAMAGED. Then it leaves the swarm: serve the torrent, with a check of all of it.
   *
   * @returns Ok when all the pieces are durable. Otherwise those that were told to `onPiece` are good, and asking again for
   *   the rest is harmless. Refused with IN_USE while the torrent is served: `drop` it first. NO_PEERS, PEERS_WITHOUT_PIECES and
   *   STALLED after `stallMs` without a piece, ABORTED by the signal or a drop, INTERNAL when the process dies. Never hangs.
   */
  fetch(wanted: PiecesToFetch, options?: FetchOptions): Promise<FetchOutcome>
  /**
   * Opens a download. It joins the swarm with its first call that needs peers: at once for metadata, and otherwise with
   * what is here already, so that peers are not told twice.
   *
   * A torrent that is served as a part can be downloaded, with its torrent file: the download takes it over, gives what is
   * here meanwhile, and gives it back when it is closed, with what came; `active` lists it all the while. Other torrents
   * that are served, and those that are downloaded already, are IN_USE. A torrent that is downloaded cannot be served:
   * PIECES_DAMAGED. Other versions that share `data` are served meanwhile as ever. Dropping it aborts the download.
   */
  openDownload(wanted: TorrentToDownload): Download
  /**
   * Puts a community's signed item into the distributed hash table (BEP 44, BEP 46). No key is needed for it.
   *
   * @returns Ok also where the table holds the same item already. SEQ_TOO_LOW where it holds a newer one, or another one
   *   of the same time; INTERNAL also where the key did not sign the item. Takes two minutes at most.
   */
  putItem(item: ItemToPut): Promise<PutItemOutcome>
  /**
   * Looks for the newest item of a key in the distributed hash table.
   *
   * @param publicKey 32 bytes in hex, lower case.
   * @returns One that the key signed; null where nodes answered, and none had any. Takes a minute and a half at most.
   */
  getItem(publicKey: string): Promise<GetItemOutcome>
  /** What the living process serves; empty while it is down. */
  active(): ReadonlySet<InfoHash>
  /** Sampled once a second by the process, for what it serves. */
  stats(): ReadonlyMap<InfoHash, TorrentStats>
  /** Sampled once a second by the process; unknown while it is down. */
  openFiles(): OpenFiles
  /** What passed since this was created, over all its processes, as of a second ago. The bytes never fall. */
  traffic(): Traffic
  /** @returns Ends the listening. */
  onEvent(listener: (event: TorrentClientEvent) => void): () => void
  /** Says goodbye to peers and trackers and ends the process, within 3 s. No events follow. */
  stop(): Promise<void>
}

const ANSWER_MS = 30_000

/**
 * Starts the torrent client and waits until it listens.
 *
 * @param answerMs How long the process may take to answer, the check of files and the wait for that not counted.
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
