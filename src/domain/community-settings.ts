import { PARTITION_SECONDS } from './archive.ts'
import type { AnnounceUrl } from './announce-url.ts'
import { err, ok, type Result } from './result.ts'
import {
  areSameSelections,
  checkSelection,
  DEFAULT_SELECTION,
  type Selection,
  type SelectionEmpty,
} from './selection.ts'

/** Whether a member takes messages over by itself, or when it is asked to. */
export type ImportMode = 'AUTOMATIC' | 'ON_REQUEST'

/** What an operator chose for one community. Null: the default, which may change with the node's own settings. */
export interface CommunitySettings {
  /** How often archives are created by themselves, in seconds. Default: `DEFAULT_INTERVAL_SECONDS`. */
  readonly intervalSeconds: number | null
  /** What torrents and magnet links name, in order. Default: the node's. */
  readonly trackers: readonly AnnounceUrl[] | null
  /** How long a replaced torrent is still served, in seconds. Default: the node's. */
  readonly graceSeconds: number | null
  /** How often the magnet link is dispatched again, in seconds. Default: `DEFAULT_REDISPATCH_SECONDS`. */
  readonly redispatchSeconds: number | null
  /** How much its newest version may take on the disk, in bytes: data, index and torrent. Default: no bound. */
  readonly quotaBytes: number | null
  /** How fast its torrents are uploaded, in bytes a second. Default: no bound of its own, the node's alone. */
  readonly uploadBytesPerSecond: number | null
  /** What a member fetches of each new version. Default: all that is missing. */
  readonly selection: Selection | null
  /** Whether a member takes messages over by itself, or when it is asked to. Default: AUTOMATIC. */
  readonly imports: ImportMode | null
  /** Whether anybody may follow its magnet links, without a token. Default: no. */
  readonly publicMagnetlinks: boolean | null
}

/** What the node's own settings say for communities where nothing was chosen. */
export interface NodeDefaults {
  /** Announce URLs, in order. */
  readonly trackers: readonly string[]
  readonly graceSeconds: number
}

/** What counts for a community: each setting as it was chosen, or its default. */
export interface SettingsInForce extends NodeDefaults {
  readonly intervalSeconds: number
  readonly redispatchSeconds: number
  /** Null: no bound. */
  readonly quotaBytes: number | null
  /** Null: no bound of its own. */
  readonly uploadBytesPerSecond: number | null
  readonly selection: Selection
  readonly imports: ImportMode
  readonly publicMagnetlinks: boolean
}

/** Before the first `SettingsChanged`. */
export const defaultSettings: CommunitySettings = {
  intervalSeconds: null,
  trackers: null,
  graceSeconds: null,
  redispatchSeconds: null,
  quotaBytes: null,
  uploadBytesPerSecond: null,
  selection: null,
  imports: null,
  publicMagnetlinks: null,
}

/** One partition: archives are created by themselves in whole partitions. */
export const DEFAULT_INTERVAL_SECONDS = PARTITION_SECONDS

/** Eight hours. */
export const DEFAULT_REDISPATCH_SECONDS = 28_800

/** How many trackers a community can have. */
export const MAX_TRACKERS = 20

/** Puts the default in the place of each setting that was not chosen. */
export function settingsInForce(chosen: CommunitySettings, node: NodeDefaults): SettingsInForce {
  return {
    intervalSeconds: chosen.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS,
    trackers: chosen.trackers ?? node.trackers,
    graceSeconds: chosen.graceSeconds ?? node.graceSeconds,
    redispatchSeconds: chosen.redispatchSeconds ?? DEFAULT_REDISPATCH_SECONDS,
    quotaBytes: chosen.quotaBytes,
    uploadBytesPerSecond: chosen.uploadBytesPerSecond,
    selection: chosen.selection ?? DEFAULT_SELECTION,
    imports: chosen.imports ?? 'AUTOMATIC',
    publicMagnetlinks: chosen.publicMagnetlinks ?? false,
  }
}

/** The slowest upload that can be asked for, in bytes a second: slower, peers would give up waiting for a block. */
export const LEAST_BYTES_PER_SECOND = 10_000

const ONE_YEAR_SECONDS = 31_536_000

/** The least and the most that each number can be. */
export const SETTING_RANGES = {
  // Runs by themselves pack whole partitions, so more often would come to the same.
  intervalSeconds: { least: PARTITION_SECONDS, most: ONE_YEAR_SECONDS },
  graceSeconds: { least: 0, most: 604_800 },
  redispatchSeconds: { least: 60, most: ONE_YEAR_SECONDS },
  quotaBytes: { least: 0, most: Number.MAX_SAFE_INTEGER },
  uploadBytesPerSecond: { least: LEAST_BYTES_PER_SECOND, most: Number.MAX_SAFE_INTEGER },
} as const

/** A setting that is a number. */
export type NumberSetting = keyof typeof SETTING_RANGES

const NUMBER_SETTINGS = Object.keys(SETTING_RANGES) as readonly NumberSetting[]

/** A setting is less than its least value, more than its most, or no whole number. */
export interface SettingOutOfRange {
  readonly type: 'SettingOutOfRange'
  readonly setting: NumberSetting
  readonly least: number
  readonly most: number
}
/** More trackers than a community can have. */
export interface TooManyTrackers {
  readonly type: 'TooManyTrackers'
  readonly limit: number
}

/** Checks settings; numbers are whole. */
export function checkSettings(
  settings: CommunitySettings,
): Result<null, SettingOutOfRange | TooManyTrackers | SelectionEmpty> {
  for (const setting of NUMBER_SETTINGS) {
    const value = settings[setting]
    const { least, most } = SETTING_RANGES[setting]
    if (value !== null && !(Number.isSafeInteger(value) && value >= least && value <= most)) {
      return err({ type: 'SettingOutOfRange', setting, least, most })
    }
  }
  const isTooMany = settings.trackers !== null && settings.trackers.length > MAX_TRACKERS
  if (isTooMany) return err({ type: 'TooManyTrackers', limit: MAX_TRACKERS })
  return settings.selection === null ? ok(null) : checkSelection(settings.selection)
}

/** Whether two settings are the same. The order of trackers counts. */
export function areSameSettings(left: CommunitySettings, right: CommunitySettings): boolean {
  return (
    NUMBER_SETTINGS.every((setting) => left[setting] === right[setting]) &&
    JSON.stringify(left.trackers) === JSON.stringify(right.trackers) &&
    left.imports === right.imports &&
    left.publicMagnetlinks === right.publicMagnetlinks &&
    areSame(left.selection, right.selection)
  )
}

function areSame(left: Selection | null, right: Selection | null): boolean {
  return left === null || right === null ? left === right : areSameSelections(left, right)
}
