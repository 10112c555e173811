import { lookup } from 'node:dns/promises'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { createTracker, type Tracker } from '../torrents/tracker/tracker.ts'
import type { PeerAddress, Settings } from './settings.ts'

/** The built-in tracker, which knows what this node serves, and where. */
export interface NodeTracker {
  readonly tracker: Tracker
  /** Enters the node as a peer of all that it serves now. */
  announce(): void
  stop(): Promise<void>
}

/** The announce URLs that torrents and magnet links name: the node's own first, where others can reach it. */
export function trackersOf({ publicUrl, trackers }: Pick<Settings, 'publicUrl' | 'trackers'>): readonly string[] {
  return publicUrl === null ? trackers : [`${publicUrl}/announce`, ...trackers]
}

/** Starts the tracker of a node, and keeps the node itself in its lists. */
export async function startTracker(settings: Settings, client: TorrentClient): Promise<NodeTracker> {
  const { trackerUdpPort, host } = settings
  const tracker = await createTracker({
    isKnown: (infoHash) => client.active().has(infoHash),
    udp: trackerUdpPort === null ? null : { host, port: trackerUdpPort },
  })
  const announce = (): void => {
    const address = addressOf(client)
    if (address !== null) tracker.announceSelf([...client.active()], address)
  }
  const publicHost = await publicHostOf(settings)

  function addressOf({ port }: TorrentClient): PeerAddress | null {
    if (settings.publicTorrentAddress !== null) return settings.publicTorrentAddress
    return port === null || publicHost === null ? null : { address: publicHost, port }
  }

  return {
    tracker,
    announce,
    stop: async () => tracker.stop(),
  }
}

/** The IP address that the public URL names; null without one. */
async function publicHostOf({ publicUrl }: Settings): Promise<string | null> {
  if (publicUrl === null) return null
  const { address } = await lookup(new URL(publicUrl).hostname.replaceAll(/[[\]]/g, ''))
  return address
}
