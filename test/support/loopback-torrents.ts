import { HOME_TORRENT_CLIENT, type TorrentClientSettings } from '../../src/torrents/client/client-settings.ts'

/** A torrent client that reaches nothing but this machine, on a free port. */
export const LOOPBACK_TORRENT_CLIENT: TorrentClientSettings = {
  ...HOME_TORRENT_CLIENT,
  torrentPort: 0,
  host: '127.0.0.1',
  dht: false,
  localDiscovery: false,
  natUpnp: false,
  natPmp: false,
  trackers: false,
  privateAddresses: true,
}
