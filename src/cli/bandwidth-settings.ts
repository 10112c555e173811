import { parseBandwidthWindow, parseBytes, parseRate } from './parse-bandwidth.ts'
import type { SettingDefinitions } from './setting-definition.ts'
import { listOf, orNull } from './setting-parsers.ts'

/** How fast the node may be, and how much of the disk it may take. */
export const BANDWIDTH_SETTINGS: SettingDefinitions<
  'uploadLimit' | 'downloadLimit' | 'bandwidthSchedule' | 'diskQuota' | 'minFreeBytes'
> = {
  uploadLimit: {
    group: 'Torrents',
    placeholder: 'rate',
    default: 'none',
    description: 'How fast all is uploaded together, like 2MB/s: 10kB/s or more.',
    parse: orNull('none', parseRate),
  },
  downloadLimit: {
    group: 'Torrents',
    placeholder: 'rate',
    default: 'none',
    description: 'How fast all is downloaded together, like 5MB/s: 10kB/s or more.',
    parse: orNull('none', parseRate),
  },
  bandwidthSchedule: {
    group: 'Torrents',
    placeholder: 'windows',
    default: 'none',
    description:
      'When other limits count, in local time: "mon-fri 08:00-18:00 up=500kB/s down=1MB/s, 23:00-06:00 up=none". The first that holds does.',
    parse: listOf(parseBandwidthWindow),
  },
  diskQuota: {
    group: 'Node',
    placeholder: 'size',
    default: 'none',
    description: 'How much archives and messages may take together, like 200GB. No more is packed or fetched then.',
    parse: orNull('none', parseBytes),
  },
  minFreeBytes: {
    group: 'Node',
    placeholder: 'size',
    default: '16MiB',
    description: 'What packing and fetching leave free on the disk.',
    parse: parseBytes,
  },
}
