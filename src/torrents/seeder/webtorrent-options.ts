import type { ClientOptions, DhtOptions } from 'webtorrent'
import { verifyItem } from '../dht/verify-item.ts'
import type { TrackerHosts } from '../guards/tracker-hosts.ts'
import type { TorrentClientSettings } from '../client/client-settings.ts'

const SECURE = { OFF: 0, PREFERRED: 1, REQUIRED: 2 } as const

/** How many peers of one torrent webtorrent dials by itself, its own default. */
const DIALLED_PER_TORRENT = 55

/** Says the settings in webtorrent's words. Nothing is left to its defaults. */
export function webTorrentOptions(
  settings: TorrentClientSettings,
  { proxyOpts }: Pick<TrackerHosts, 'proxyOpts'>,
): ClientOptions {
  const { host, torrentPort, dhtPort, dhtBootstrap } = settings
  return {
    torrentPort: host === null ? torrentPort : { port: torrentPort, host },
    dhtPort: host === null ? dhtPort : { port: dhtPort, address: host },
    dht: settings.dht && { verify: verifyItem, ...bootstrapOf(dhtBootstrap) },
    lsd: settings.localDiscovery && host === null,
    utp: settings.utp && host === null,
    natUpnp: settings.natUpnp,
    natPmp: settings.natPmp,
    tracker: settings.trackers && (proxyOpts === null || { proxyOpts }),
    utPex: true,
    webSeeds: false, // A seeder has nothing to fetch from them.
    secure: SECURE[settings.encryption],
    maxConns: Math.min(DIALLED_PER_TORRENT, settings.maxConnections),
    uploadLimit: -1, // These are set, and changed, by `createLimits`.
    downloadLimit: -1,
  }
}

/** Nothing for the well-known nodes. */
function bootstrapOf(nodes: readonly string[] | null): DhtOptions {
  return nodes === null ? {} : { bootstrap: nodes.length > 0 && nodes }
}
