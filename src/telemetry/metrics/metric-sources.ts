/** A number of each of few things, by their names. */
export type Amounts = ReadonlyMap<string, number>

/** What peers sent and got. The bytes never fall, also where the torrent client's process is another one. */
export interface Traffic {
  readonly uploadedBytes: number
  readonly downloadedBytes: number
  /** With whom a connection is open now. */
  readonly peers: number
}

/** What is asked of the node when somebody reads its metrics. All of it must be cheap. */
export interface MetricSources {
  readonly version: string
  readonly headPosition: () => number
  /** How many events each read model is behind the head. */
  readonly readProjectionLags: () => Promise<Amounts>
  /** How many events each reactor is behind the head. */
  readonly reactorLags: () => Amounts
  /** How much work waits for somebody to decide, by reactor. */
  readonly readParked: () => Promise<Amounts>
  /** How many torrents have a part in their community's rollover, by state. */
  readonly readTorrents: () => Promise<Amounts>
  /** How many webhooks there are, by how telling them goes. */
  readonly countWebhooks: () => Amounts
  readonly traffic: () => Traffic
  readonly isTorrentClientUp: () => boolean
  /** How long the write-ahead log of each database is. */
  readonly readWalBytes: () => Promise<Amounts>
}
