import { Option, type Command } from 'commander'
import { err, ok, type Result } from '../domain/result.ts'
import { configFileOf } from './given-settings.ts'
import { createConfigOption } from './parse-settings.ts'
import { SETTINGS } from './setting-definitions.ts'

/** The flag of a command that works on a data directory and needs no other setting. */
export function createDataDirOption(): Option {
  return new Option('--data-dir <folder>', SETTINGS.dataDir.description)
    .env('SEEDBANK_DATA_DIR')
    .default(SETTINGS.dataDir.default)
}

/** @returns An absolute path; refused with a line for the operator. */
export function parseDataDir(text: string): Result<string, string> {
  const dataDir = SETTINGS.dataDir.parse(text)
  return dataDir.ok ? ok(dataDir.value) : err(`--data-dir is ${JSON.stringify(text)}, but must be ${dataDir.error}`)
}

/**
 * Gives the commands of a program that work on a data directory, and take no other setting, the file that may name it.
 * Call it when they are all there.
 */
export function addConfigToDataDirCommands(program: Command): void {
  for (const command of program.commands) {
    addConfigToDataDirCommands(command)
    const takes = (name: string): boolean => command.options.some((option) => option.attributeName() === name)
    if (!takes('dataDir') || takes('config')) continue
    command.addOption(createConfigOption().helpGroup('Options:'))
    command.hook('preAction', (_hooked, action) => takeDataDirFromFile(action))
  }
}

/** An empty variable counts as not given, as it does for `serve`. */
function takeDataDirFromFile(command: Command): void {
  const source = command.getOptionValueSource('dataDir')
  if (source === 'cli' || (source === 'env' && command.getOptionValue('dataDir') !== '')) return
  const { settings, refused } = configFileOf(command, process.env)
  if (refused.length > 0) return command.error(refused.join('\n'))
  const text = settings.get('dataDir')?.text ?? SETTINGS.dataDir.default
  command.setOptionValueWithSource('dataDir', text, 'config')
}
