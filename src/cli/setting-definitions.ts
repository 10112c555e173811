import {
  listOf,
  oneOf,
  orNull,
  parseFolder,
  parseAllowed,
  parseHostName,
  parseHostPort,
  parseIpAddress,
  parseListenHost,
  parseOrigin,
  parsePort,
  parseSwitch,
  wholeNumber,
} from './setting-parsers.ts'
import type { Settings } from '../app/settings.ts'
import type { SettingDefinitions } from './setting-definition.ts'
import { NETWORK_SETTINGS } from './network-settings.ts'
import { ACCESS_SETTINGS } from './access-settings.ts'
import { BANDWIDTH_SETTINGS } from './bandwidth-settings.ts'
import { TELEMETRY_SETTINGS } from './telemetry-settings.ts'
import { TRACKER_SETTINGS } from './tracker-settings.ts'

const ONE_WEEK_SECONDS = 604_800
const ONE_HOUR_SECONDS = 3600

/** All settings, in the order in which they are shown. */
export const SETTINGS: SettingDefinitions<keyof Settings> = {
  dataDir: {
    group: 'Node',
    placeholder: 'folder',
    default: './seedbank-data',
    description: 'Where events, messages, archives and keys are kept.',
    parse: parseFolder,
  },
  logLevel: {
    group: 'Node',
    placeholder: 'level',
    default: 'info',
    description: 'The least severe lines to log: fatal, error, warn, info, debug, trace or silent.',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  },
  graceSeconds: {
    group: 'Node',
    placeholder: 'seconds',
    default: '600',
    description: 'How long a torrent that a newer one replaced is still served.',
    parse: wholeNumber(0, ONE_WEEK_SECONDS),
  },
  schedule: {
    group: 'Node',
    placeholder: 'on|off',
    default: 'on',
    description: 'Whether archives are created by themselves, week by week: on, or off for createArchive alone.',
    parse: parseSwitch,
  },
  host: {
    group: 'API',
    placeholder: 'address',
    default: '127.0.0.1',
    description: 'The address that the API listens on. On one that other machines reach, a token is needed.',
    parse: parseListenHost,
  },
  port: {
    group: 'API',
    placeholder: 'port',
    default: '4000',
    description: 'The TCP port of the API; 0 for a free one.',
    parse: parsePort,
  },
  allowedHosts: {
    group: 'API',
    placeholder: 'names',
    default: 'none',
    description: 'Host names, beside the loopback ones, under which the API may be asked.',
    parse: listOf(parseHostName),
  },
  allowedOrigins: {
    group: 'API',
    placeholder: 'origins',
    default: 'none',
    description: 'Origins of web pages, beside the loopback ones, that may use the API.',
    parse: listOf(parseOrigin),
  },
  ...NETWORK_SETTINGS,
  ...ACCESS_SETTINGS,
  torrentHost: {
    group: 'Torrents',
    placeholder: 'address',
    default: 'all',
    description:
      'The address that the torrent client listens on; all for every one. With one address, LSD and uTP are off.',
    parse: orNull('all', parseIpAddress),
  },
  torrentPort: {
    group: 'Torrents',
    placeholder: 'port',
    // One that stays the same, so that a router can forward it. IANA gives it to nobody, Linux does not use it for
    // outgoing connections (32768 to 60999), and providers do not throttle it as they do 6881.
    default: '61881',
    description: 'The port of the torrent client, TCP and UDP; 0 for a free one.',
    parse: parsePort,
  },
  dht: {
    group: 'Torrents',
    placeholder: 'on|off',
    default: 'on',
    description: 'Finds peers, and is found, over the distributed hash table.',
    parse: parseSwitch,
  },
  lsd: {
    group: 'Torrents',
    placeholder: 'on|off',
    default: 'on',
    description: 'Finds peers on the local network.',
    parse: parseSwitch,
  },
  upnp: {
    group: 'Torrents',
    placeholder: 'on|off',
    default: 'on',
    description: 'Asks the router to forward the torrent port (UPnP and NAT-PMP).',
    parse: parseSwitch,
  },
  utp: {
    group: 'Torrents',
    placeholder: 'on|off',
    // It moves 4 MB/s where TCP moves 150.
    default: 'off',
    description: 'Speaks uTP beside TCP.',
    parse: parseSwitch,
  },
  dhtBootstrap: {
    group: 'Torrents',
    placeholder: 'nodes',
    default: 'default',
    description:
      'Nodes through which the distributed hash table is joined, as host:port with a comma between them; none waits to be found.',
    parse: orNull('default', listOf(parseHostPort)),
  },
  privateAddresses: {
    group: 'Torrents',
    placeholder: 'allow|refuse',
    default: 'refuse',
    description:
      'Whether magnet links, followed nodes, trackers and peers that others name may lead into the local network.',
    parse: parseAllowed,
  },
  settleSeconds: {
    group: 'Torrents',
    placeholder: 'seconds',
    default: '20',
    description: 'How long a link that a member learnt waits for a newer one before it is fetched.',
    parse: wholeNumber(0, ONE_HOUR_SECONDS),
  },
  encryption: {
    group: 'Torrents',
    placeholder: 'kind',
    default: 'prefer',
    description:
      'Encryption of connections to peers: prefer speaks it with all who can; require, with no others; off, never.',
    parse: oneOf('prefer', 'require', 'off'),
  },
  ...TRACKER_SETTINGS,
  ...BANDWIDTH_SETTINGS,
  ...TELEMETRY_SETTINGS,
}
