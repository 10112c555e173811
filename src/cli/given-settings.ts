import type { Command } from 'commander'
import { NO_CONFIG_FILE, readConfigFile, type ConfigFile } from './config-file.ts'
import { SETTINGS } from './setting-definitions.ts'
import { CONFIG_VARIABLE, flagOf, SETTING_NAMES, variableOf, type SettingName } from './setting-names.ts'
import { similarName } from './similar-name.ts'

/** What the process was given, by the names of variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What a setting is, before it is parsed. */
export interface GivenSetting {
  readonly name: SettingName
  /** The flag, the variable or the place in the file that gave it; null where nothing did, and the text is the default. */
  readonly source: string | null
  readonly text: string
}

/** The file that a command line or its environment names, read. */
export function configFileOf(command: Command, environment: Environment): ConfigFile {
  const flag: unknown = command.getOptionValueSource('config') === 'cli' ? command.getOptionValue('config') : undefined
  const file = typeof flag === 'string' ? flag : (environment[CONFIG_VARIABLE] ?? '')
  return file === '' ? NO_CONFIG_FILE : readConfigFile(file)
}

/** What each setting is given as: by its flag, else its variable, else the file, else a variable that it shares, else its default. */
export function givenSettings(command: Command, environment: Environment, file: ConfigFile): readonly GivenSetting[] {
  return SETTING_NAMES.map((name) => {
    if (command.getOptionValueSource(name) === 'cli') {
      return { name, source: flagOf(name), text: String(command.getOptionValue(name)) }
    }
    const variable = variableOf(name)
    const text = environment[variable] ?? ''
    if (text !== '') return { name, source: variable, text }
    return file.settings.get(name) ?? sharedSetting(name, environment)
  })
}

function sharedSetting(name: SettingName, environment: Environment): GivenSetting {
  const { alsoFrom, default: usual }: { readonly alsoFrom?: string; readonly default: string } = SETTINGS[name]
  const text = (alsoFrom !== undefined && environment[alsoFrom]) || ''
  return text === '' ? { name, source: null, text: usual } : { name, source: alsoFrom ?? null, text }
}

/** Variables that look like settings and are none. */
export interface StrayVariables {
  /** Nearly a setting's name: surely meant to be it. One line for each. */
  readonly misspelt: readonly string[]
  /** Like nothing that there is: perhaps another program's, such as a cluster's. One line for each. */
  readonly unknown: readonly string[]
}

/** Looks for variables whose names begin as those of settings do. */
export function findStrayVariables(environment: Environment): StrayVariables {
  const known = [...SETTING_NAMES.map(variableOf), CONFIG_VARIABLE]
  const misspelt: string[] = []
  const unknown: string[] = []
  for (const variable of Object.keys(environment)) {
    if (!/^SEEDBANK_/i.test(variable) || known.includes(variable)) continue
    const meant = similarName(withoutPrefix(variable), known.map(withoutPrefix))
    if (meant === undefined) unknown.push(`${variable} is no setting, and is ignored: \`seedbank settings\` lists all`)
    else misspelt.push(`${variable} is no setting: SEEDBANK_${meant} is meant, perhaps`)
  }
  return { misspelt, unknown }
}

/** Only what differs from name to name tells how near two are. */
function withoutPrefix(variable: string): string {
  return variable.replace(/^SEEDBANK_/i, '')
}
