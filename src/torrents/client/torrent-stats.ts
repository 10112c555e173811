import type { Torrent } from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'

/** What a torrent does right now, sampled once a second. Never recorded. */
export interface TorrentStats {
  /** Peers with whom a connection is open. */
  readonly peers: number
  /** Those of them that do not have the whole torrent yet. */
  readonly leechers: number
  readonly uploadBytesPerSecond: number
  /** Sent since the torrent client's process began to serve the torrent, protocol included. */
  readonly uploadedBytes: number
}

/** A sample, with the torrent that it is of. */
export interface StatsSample extends TorrentStats {
  readonly infoHash: InfoHash
}

/** Samples torrents; each call returns those whose figures changed since the call before. */
export function createStatsSampler(): (torrents: readonly Torrent[]) => StatsSample[] {
  const last = new WeakMap<Torrent, string>()
  return (torrents) =>
    torrents.flatMap((torrent) => {
      const sample = sampleOf(torrent)
      const text = JSON.stringify(sample)
      if (last.get(torrent) === text) return []
      last.set(torrent, text)
      return [sample]
    })
}

function sampleOf(torrent: Torrent): StatsSample {
  return {
    infoHash: torrent.infoHash as InfoHash,
    peers: torrent.wires.length,
    leechers: torrent.wires.filter((wire) => !wire.isSeeder).length,
    uploadBytesPerSecond: Math.round(torrent.uploadSpeed),
    uploadedBytes: torrent.uploaded,
  }
}
