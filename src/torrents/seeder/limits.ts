import type WebTorrent from 'webtorrent'
import type { TorrentLimits } from '../client/torrent-limits.ts'
import type { Downloads } from '../download/downloads.ts'
import { limitUploads } from './community-uploads.ts'
import type { ServedTorrents } from './served-torrents.ts'

/**
 * More than webtorrent ever waits to pass on at once. Where a limit is lowered below what waits already, its bucket would
 * refuse that, and so end the connection.
 */
const LEAST_BURST_BYTES = 262_144

/** Who knows whose archives a torrent is. */
export interface TorrentsInSwarms {
  readonly served: Pick<ServedTorrents, 'torrentOf'>
  readonly downloads: Pick<Downloads, 'communityOf'>
}

/**
 * Limits a client from the start on, before the first torrent is added.
 *
 * What is sent and received of all torrents is held back by webtorrent, within each connection. It knows no limits of fewer.
 *
 * @returns Changes the limits, for whoever is connected too.
 */
export function createLimits(
  client: WebTorrent,
  { served, downloads }: TorrentsInSwarms,
  initial: TorrentLimits,
): (limits: TorrentLimits) => void {
  const uploads = limitUploads(
    client,
    (infoHash) => served.torrentOf(infoHash)?.communityId ?? downloads.communityOf(infoHash),
  )
  const limit = ({ uploadBytesPerSecond, downloadBytesPerSecond, communities }: TorrentLimits): void => {
    client.throttleUpload(uploadBytesPerSecond ?? -1)
    client.throttleDownload(downloadBytesPerSecond ?? -1)
    const { up, down } = client.throttleGroups
    for (const { bucket } of [up, down]) bucket.bucketSize = Math.max(bucket.bucketSize, LEAST_BURST_BYTES)
    uploads.limit(communities)
  }
  limit(initial)
  return limit
}
