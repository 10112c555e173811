import type { Settings } from '../app/settings.ts'
import { SETTINGS } from './setting-definitions.ts'

/** A setting, as the program calls it. */
export type SettingName = keyof Settings

/** The names of all settings, in the order in which they are shown. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** Names the file that settings are read from. It is no setting itself: a file cannot name another. */
export const CONFIG_VARIABLE = 'SEEDBANK_CONFIG'

/** `dataDir` → `SEEDBANK_DATA_DIR`. */
export function variableOf(name: SettingName): string {
  return `SEEDBANK_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `dataDir` → `--data-dir`. */
export function flagOf(name: SettingName): string {
  return `--${keyOf(name)}`
}

/** `dataDir` → `data-dir`, the key of the configuration file. */
export function keyOf(name: SettingName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
