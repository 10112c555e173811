import type { Settings } from '../app/settings.ts'
import type { SettingParser } from './setting-parsers.ts'

/** One setting, as `--help`, the README and the parser know it. */
export interface SettingDefinition<Value> {
  readonly group: 'Node' | 'API' | 'Torrents' | 'Tracker'
  /** What stands for the value in the help. */
  readonly placeholder: string
  /** The text that is parsed where none is given. */
  readonly default: string
  readonly description: string
  readonly parse: SettingParser<Value>
  /** A variable that other programs read too, and that counts where nothing else gives the setting. */
  readonly alsoFrom?: string
}

/** The settings of these names, each with how it is read. */
export type SettingDefinitions<Name extends keyof Settings> = {
  readonly [Each in Name]: SettingDefinition<Settings[Each]>
}
