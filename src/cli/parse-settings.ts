import { Command, CommanderError, Option } from 'commander'
import { err, ok, type Result } from '../domain/result.ts'
import {
  configFileOf,
  findStrayVariables,
  givenSettings,
  type Environment,
  type GivenSetting,
} from './given-settings.ts'
import { findHalfAnIssuer } from './check-issuer.ts'
import { findListOfNothing } from './check-persisted.ts'
import { SETTINGS } from './setting-definitions.ts'
import { CONFIG_VARIABLE, flagOf, keyOf, SETTING_NAMES, variableOf } from './setting-names.ts'
import type { Settings, SettingsRefused } from '../app/settings.ts'

/** Settings, and where each came from. */
export interface ReadSettings {
  readonly settings: Settings
  /** As they are in force, in the order in which they are shown. */
  readonly given: readonly GivenSetting[]
  /** For the operator: what was given and is not used. */
  readonly warnings: readonly string[]
}

/** The flag that names the file from which settings are read. */
export function createConfigOption(): Option {
  return new Option('--config <file>', 'A TOML file with settings. Variables go before it, and flags before those.')
    .env(CONFIG_VARIABLE)
    .helpGroup('Node:')
}

/** Gives a command the flags of all settings, grouped in its help, with variables and defaults. */
export function addSettings(command: Command): Command {
  command.addOption(createConfigOption())
  for (const name of SETTING_NAMES) {
    const { group, placeholder, description, default: usual } = SETTINGS[name]
    const option = new Option(`${flagOf(name)} <${placeholder}>`, description)
    command.addOption(option.default(usual, usual).env(variableOf(name)).helpGroup(`${group}:`))
  }
  return command
}

/**
 * Reads the settings that a command line, its environment and a file give. A flag goes before a variable, and that before
 * the file; an empty variable counts as not given.
 *
 * @param command One that `addSettings` has seen, after it parsed its command line.
 * @returns All settings; `SettingsRefused` with every wrong one, not just the first. Never throws.
 */
export function settingsOf(command: Command, environment: Environment): Result<ReadSettings, SettingsRefused> {
  const { misspelt, unknown } = findStrayVariables(environment)
  const file = configFileOf(command, environment)
  const given = givenSettings(command, environment, file)
  const overruled = [...file.settings.values()].filter(({ source }) =>
    given.every((setting) => setting.source !== source),
  )
  const read = given.map((setting) => ({ ...setting, parsed: SETTINGS[setting.name].parse(setting.text) }))
  const wrong = [...given, ...overruled].flatMap(refusalOf)
  const lines = [...misspelt, ...file.refused, ...wrong]
  if (lines.length > 0) return err({ type: 'SettingsRefused', lines })
  const values = Object.fromEntries(read.map(({ name, parsed }) => [name, parsed.ok ? parsed.value : null]))
  const settings = values as unknown as Settings
  const halves = [...findHalfAnIssuer(settings, given), ...findListOfNothing(settings, given)]
  if (halves.length > 0) return err({ type: 'SettingsRefused', lines: halves })
  return withinOneAddress({ settings, given, warnings: unknown })
}

/**
 * Reads the settings of a program that has no other flags.
 *
 * @param argv Flags and their values, without the program's name.
 * @returns As `settingsOf`; an unknown flag is refused too. Never throws.
 */
export function parseSettings(argv: readonly string[], environment: Environment): Result<Settings, SettingsRefused> {
  const command = addSettings(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return err({ type: 'SettingsRefused', lines: [error.message.replace(/^error: /, '')] })
  }
  const read = settingsOf(command, environment)
  return read.ok ? ok(read.value.settings) : read
}

function refusalOf(setting: GivenSetting): readonly string[] {
  const parsed = SETTINGS[setting.name].parse(setting.text)
  return parsed.ok ? [] : [refusal(setting, parsed.error)]
}

function refusal({ name, source, text }: GivenSetting, expected: string): string {
  return `${source ?? flagOf(name)} is ${JSON.stringify(text)}, but must be ${expected}`
}

/** LSD and uTP listen on all addresses, whatever they are told: with a `torrentHost` they stay off. */
function withinOneAddress(read: ReadSettings): Result<ReadSettings, SettingsRefused> {
  const { settings, given } = read
  if (settings.torrentHost === null) return ok(read)
  const lines = given
    .filter(({ name, source }) => (name === 'lsd' || name === 'utp') && source !== null && settings[name])
    .map((setting) => refusal(setting, `off where ${variableOf('torrentHost')} is set, as it listens on all addresses`))
  if (lines.length > 0) return err({ type: 'SettingsRefused', lines })
  const off = { name: 'lsd', source: `off beside ${keyOf('torrentHost')}`, text: 'off' } as const
  const inForce = given.map((setting) => (setting.name === 'lsd' && setting.source === null ? off : setting))
  return ok({ ...read, given: inForce, settings: { ...settings, lsd: false } })
}
