import type { SettingDefinitions } from './setting-definition.ts'
import { listOf, orNull, parsePeerAddress, parsePort, parsePublicUrl, parseTracker } from './setting-parsers.ts'

/** The trackers that existing members of communities announce to. */
const DEFAULT_TRACKERS = 'udp://tracker.opentrackr.org:1337/announce,udp://tracker.openbittorrent.com:6969/announce'

/** What is announced to, and how others reach the built-in tracker. */
export const TRACKER_SETTINGS: SettingDefinitions<
  'trackers' | 'publicUrl' | 'publicTorrentAddress' | 'trackerUdpPort'
> = {
  trackers: {
    group: 'Tracker',
    placeholder: 'urls',
    default: DEFAULT_TRACKERS,
    description: 'Announce URLs that new torrents and magnet links name, with a comma between them; or none.',
    parse: listOf(parseTracker),
  },
  publicUrl: {
    group: 'Tracker',
    placeholder: 'url',
    default: 'none',
    description:
      'The URL under which others reach this server; its own tracker and web seed are then named in torrents and magnet links.',
    parse: orNull('none', parsePublicUrl),
  },
  publicTorrentAddress: {
    group: 'Tracker',
    placeholder: 'ip:port',
    default: 'none',
    description: "The torrent client's address as others reach it, which the built-in tracker gives them.",
    parse: orNull('none', parsePeerAddress),
  },
  trackerUdpPort: {
    group: 'Tracker',
    placeholder: 'port',
    default: 'off',
    description: 'The UDP port of the built-in tracker; 0 for a free one; off for HTTP and WebSocket alone.',
    parse: orNull('off', parsePort),
  },
}
