import type { Command } from 'commander'
import { stringify } from 'smol-toml'
import type { Settings } from '../app/settings.ts'
import { exampleConfig } from './example-config.ts'
import type { GivenSetting } from './given-settings.ts'
import { addSettings, settingsOf } from './parse-settings.ts'
import { keyOf } from './setting-names.ts'

/** Exit codes: 0 printed; 2 a setting is wrong. */
export function addSettingsCommand(program: Command): void {
  const command = program
    .command('settings')
    .description('Prints the settings in force and where each came from, as a configuration file that says the same.')
    .option('--json', 'print them as JSON', false)
    .option('--example', 'print a configuration file that explains all settings, at their defaults', false)
  addSettings(command).action(({ json, example }: { readonly json: boolean; readonly example: boolean }) => {
    if (example) process.stdout.write(exampleConfig())
    else process.exitCode = printSettings(command, json)
  })
}

function printSettings(command: Command, json: boolean): number {
  const read = settingsOf(command, process.env)
  for (const line of read.ok ? read.value.warnings : read.error.lines) console.error(line)
  if (!read.ok) return 2
  const { given, settings } = read.value
  console.log(json ? settingsJson(given, settings) : settingsToml(given, settings))
  return 0
}

function settingsJson(given: readonly GivenSetting[], settings: Settings): string {
  const entries = given.map((setting) => {
    return [keyOf(setting.name), { value: valueOf(setting, settings), from: setting.source ?? 'default' }]
  })
  return JSON.stringify(Object.fromEntries(entries), null, 2)
}

/** @returns Settings, each on a line of its own, without a newline at the end. */
export function settingsToml(given: readonly GivenSetting[], settings: Settings): string {
  const lines = given.map((setting) => {
    const line = stringify({ [keyOf(setting.name)]: valueOf(setting, settings) }).trim()
    return { line, from: setting.source ?? 'default' }
  })
  const width = Math.max(...lines.map(({ line }) => (line.length > 60 ? 0 : line.length)))
  return lines.map(({ line, from }) => `${line.padEnd(width)}  # ${from.replaceAll(/\s+/g, ' ')}`).join('\n')
}

/** As it was given, but for what parsing makes plain: a relative path, a number without a unit, a list. */
function valueOf({ name, text }: GivenSetting, settings: Settings): string | number | readonly string[] {
  const value: unknown = settings[name]
  if (typeof value === 'string') return value
  if (typeof value === 'number' && /^\d+$/.test(text)) return value
  const isList = Array.isArray(value) && value.length > 1
  return isList ? text.split(',').map((part) => part.trim()) : text
}
