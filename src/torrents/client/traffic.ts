import type WebTorrent from 'webtorrent'

/** What passes between this node and all peers together, protocol included. */
export interface Traffic {
  readonly uploadedBytes: number
  readonly downloadedBytes: number
  /** With how many a connection is open now. */
  readonly peers: number
}

const NONE: Traffic = { uploadedBytes: 0, downloadedBytes: 0, peers: 0 }

/** Counts what passes from now on, also of torrents that are dropped meanwhile. */
export function countTraffic(client: WebTorrent): () => Traffic {
  let [uploadedBytes, downloadedBytes] = [0, 0]
  client.on('upload', (bytes: number) => {
    uploadedBytes += bytes
  })
  client.on('download', (bytes: number) => {
    downloadedBytes += bytes
  })
  return () => {
    const peers = client.torrents.reduce((sum, { wires }) => sum + wires.length, 0)
    return { uploadedBytes, downloadedBytes, peers }
  }
}

/** What passed in all lives of the torrent client's process. The bytes never fall. */
export class TrafficOfLives {
  #before = NONE
  #now = NONE

  /** What this life has told last. */
  sample(traffic: Traffic): void {
    this.#now = traffic
  }

  /** The process ended, and what it had not told yet is lost: less than a second's. */
  lifeEnded(): void {
    this.#before = { ...this.total(), peers: 0 }
    this.#now = NONE
  }

  total(): Traffic {
    const [before, now] = [this.#before, this.#now]
    return {
      uploadedBytes: before.uploadedBytes + now.uploadedBytes,
      downloadedBytes: before.downloadedBytes + now.downloadedBytes,
      peers: now.peers,
    }
  }
}
