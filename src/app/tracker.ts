import { lookup } from 'node:dns/promises'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { createTracker, type Tracker } from '../torrents/tracker/tracker.ts'
import type { Settings } from './settings.ts'

/** The built-in tracker, which knows what this node serves, and where. */
export interface NodeTracker {
  readonly tracker: Tracker
  /** Enters the node as a peer of all that it serves now. */
  announce(): void
  stop(): Promise<void>
}

/**
 * The announce URLs that torrents and magnet links name: the node's own first, where others can reach it.
 *
 * @param chosen What was chosen for the community, in place of the node's setting; null when nothing was.
 */
export function trackersOf(
  { publicUrl, trackers }: Pick<Settings, 'publicUrl' | 'trackers'>,
  chosen: readonly string[] | null = null,
): readonly string[] {
  const named = chosen ?? trackers
  return publicUrl === null ? named : [`${publicUrl}/announce`, ...named]
}

type TrackerSettings = Pick<Settings, 'host' | 'publicUrl' | 'publicTorrentAddress' | 'trackerUdpPort'>

/** How often the public name is looked up again: the address of a home changes, and a name server may be out of reach. */
const LOOK_UP_EVERY_MS = 60_000

/**
 * Starts the tracker of a node, and keeps the node itself in its lists.
 *
 * A public name that cannot be looked up keeps nothing from starting: the node enters itself once it can be.
 *
 * @param onUnknownHost Told why once, until it was looked up.
 */
export async function startTracker(
  settings: TrackerSettings,
  client: Pick<TorrentClient, 'active' | 'port'>,
  onUnknownHost: (reason: string) => void,
  lookUp: (name: string) => Promise<string> = addressOfName,
): Promise<NodeTracker> {
  const { host, publicUrl, publicTorrentAddress, trackerUdpPort } = settings
  const udp = trackerUdpPort === null ? null : { host, port: trackerUdpPort }
  const tracker = await createTracker({ isKnown: (infoHash) => client.active().has(infoHash), udp })
  let publicHost: string | null = null
  let isUnknownTold = false

  function announce(): void {
    const named = client.port === null || publicHost === null ? null : { address: publicHost, port: client.port }
    const address = publicTorrentAddress ?? named
    if (address !== null) tracker.announceSelf([...client.active()], address)
  }

  async function findPublicHost(url: string): Promise<void> {
    try {
      const found = await lookUp(new URL(url).hostname.replaceAll(/[[\]]/g, ''))
      isUnknownTold = false
      if (found === publicHost) return
      publicHost = found
      announce()
    } catch (cause) {
      // It may stay unknown for days, and is looked up once a minute.
      if (!isUnknownTold) onUnknownHost(describeUnknown(url, cause))
      isUnknownTold = true
    }
  }

  const isNamed = publicUrl !== null && publicTorrentAddress === null
  // A name server that does not answer holds nobody up.
  if (isNamed) void findPublicHost(publicUrl)
  const timer = isNamed ? setInterval(() => void findPublicHost(publicUrl), LOOK_UP_EVERY_MS) : undefined
  return {
    tracker,
    announce,
    stop: async () => {
      clearInterval(timer)
      await tracker.stop()
    },
  }
}

function describeUnknown(url: string, cause: unknown): string {
  return `Cannot look up the host of ${url}: ${cause instanceof Error ? cause.message : String(cause)}`
}

async function addressOfName(name: string): Promise<string> {
  const { address } = await lookup(name)
  return address
}
