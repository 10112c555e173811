import { Command, CommanderError, Option } from 'commander'
import { err, ok, type Result } from '../domain/result.ts'
import { SETTINGS } from './setting-definitions.ts'
import type { Settings, SettingsRefused } from '../app/settings.ts'

type Environment = Readonly<Record<string, string | undefined>>
type SettingName = keyof Settings

/** The names of all settings, in the order in which they are shown. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** `dataDir` → `SEEDBANK_DATA_DIR`. */
export function variableOf(name: SettingName): string {
  return `SEEDBANK_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `dataDir` → `--data-dir`. */
export function flagOf(name: SettingName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Gives a command the flags of all settings, grouped in its help, with variables and defaults. */
export function addSettings(command: Command): Command {
  for (const name of SETTING_NAMES) {
    const { group, placeholder, description, default: usual } = SETTINGS[name]
    const option = new Option(`${flagOf(name)} <${placeholder}>`, description)
    command.addOption(option.default(usual, usual).env(variableOf(name)).helpGroup(`${group}:`))
  }
  return command
}

/**
 * Reads the settings that a command line and its environment give. A flag goes before a variable; an empty variable
 * counts as not given.
 *
 * @param command One that `addSettings` has seen, after it parsed its command line.
 * @returns All settings; `SettingsRefused` with every wrong one, not just the first. Never throws.
 */
export function settingsOf(command: Command, environment: Environment): Result<Settings, SettingsRefused> {
  const given = SETTING_NAMES.map((name) => givenSetting(name, command, environment))
  const read = given.map((setting) => ({ ...setting, parsed: SETTINGS[setting.name].parse(setting.text) }))
  const lines = read.flatMap(({ parsed, ...setting }) => (parsed.ok ? [] : [refusal(setting, parsed.error)]))
  if (lines.length > 0) return err({ type: 'SettingsRefused', lines })
  const settings = Object.fromEntries(read.map(({ name, parsed }) => [name, parsed.ok ? parsed.value : null]))
  return withinOneAddress(settings as unknown as Settings, given)
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
  return settingsOf(command, environment)
}

interface GivenSetting {
  readonly name: SettingName
  /** The flag or variable that gave it; null where nothing did, and the text is the default. */
  readonly source: string | null
  readonly text: string
}

function givenSetting(name: SettingName, command: Command, environment: Environment): GivenSetting {
  if (command.getOptionValueSource(name) === 'cli') {
    return { name, source: flagOf(name), text: String(command.getOptionValue(name)) }
  }
  const variable = variableOf(name)
  const text = environment[variable] ?? ''
  return text === '' ? { name, source: null, text: SETTINGS[name].default } : { name, source: variable, text }
}

function refusal({ name, source, text }: GivenSetting, expected: string): string {
  return `${source ?? flagOf(name)} is ${JSON.stringify(text)}, but must be ${expected}`
}

/** LSD and uTP listen on all addresses, whatever they are told: with a `torrentHost` they stay off. */
function withinOneAddress(settings: Settings, given: readonly GivenSetting[]): Result<Settings, SettingsRefused> {
  if (settings.torrentHost === null) return ok(settings)
  const lines = given
    .filter(({ name, source }) => (name === 'lsd' || name === 'utp') && source !== null && settings[name])
    .map((setting) => refusal(setting, `off where ${variableOf('torrentHost')} is set, as it listens on all addresses`))
  return lines.length > 0 ? err({ type: 'SettingsRefused', lines }) : ok({ ...settings, lsd: false })
}
