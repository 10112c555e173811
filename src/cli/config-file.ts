import { readFileSync } from 'node:fs'
import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import { err, ok, type Result } from '../domain/result.ts'
import { keyOf, SETTING_NAMES, type SettingName } from './setting-names.ts'
import { similarName } from './similar-name.ts'

/** A setting as a file gives it. */
export interface FileSetting {
  readonly name: SettingName
  /** As it would be written in a variable, so that one parser reads both. */
  readonly text: string
  /** Where it stands, such as `seedbank.toml:3: port`. */
  readonly source: string
}

/** What a file gives. */
export interface ConfigFile {
  readonly settings: ReadonlyMap<SettingName, FileSetting>
  /** For the operator: one line for each key that is no setting, or for the place that is no TOML. */
  readonly refused: readonly string[]
}

/** What no file gives. */
export const NO_CONFIG_FILE: ConfigFile = { settings: new Map(), refused: [] }

/** Reads a configuration file. What is wrong with it is in what it gives; never throws. */
export function readConfigFile(file: string): ConfigFile {
  try {
    return parseConfig(readFileSync(file, 'utf8'), file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return refuse(`Cannot read the configuration file ${JSON.stringify(file)}: ${reason}`)
  }
}

/**
 * Parses a configuration file: TOML, flat, a key for each setting, named as its flag is.
 *
 * A value may be written in TOML's own kinds: a number, true and false for on and off, an array for a list.
 *
 * @param file Its name, for what is said of it.
 * @see https://toml.io/en/v1.0.0
 */
export function parseConfig(text: string, file: string): ConfigFile {
  const parsed = parseToml(text)
  if (!parsed.ok) return refuse(`${file}:${parsed.error.line}: ${reasonOf(parsed.error)}`)
  const lines = linesOf(text)
  const settings = new Map<SettingName, FileSetting>()
  const refused: string[] = []
  for (const [key, value] of Object.entries(parsed.value)) {
    const source = `${file}:${lines.get(key)}: ${key}`
    const name = SETTING_NAMES.find((each) => keyOf(each) === key)
    const written = textOf(value)
    if (name === undefined) refused.push(`${source} is no setting${suggestion(key)}`)
    else if (written === null) refused.push(`${source} must be a text, a number, true, false or a list of texts`)
    else settings.set(name, { name, text: written, source })
  }
  return { settings, refused }
}

function refuse(line: string): ConfigFile {
  return { ...NO_CONFIG_FILE, refused: [line] }
}

function parseToml(text: string): Result<TomlTable, TomlError> {
  try {
    return ok(parse(text))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return err(error)
  }
}

/** The library draws the place below its message. */
function reasonOf({ message }: TomlError): string {
  return message.split('\n')[0] ?? message
}

/**
 * On which line each key stands. The parser tells where something is wrong, and not where a key is; but that is the line
 * after the last on which the file could have ended without it, save those that say nothing.
 */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n')
  const found = new Map<string, number>()
  let index = 0
  for (const [last, line] of lines.entries()) {
    if (saysNothing(line)) continue
    const start = parseToml(lines.slice(0, last + 1).join('\n'))
    if (!start.ok) continue
    while (saysNothing(lines[index] ?? 'the end')) index++
    for (const key of Object.keys(start.value)) if (!found.has(key)) found.set(key, index + 1)
    index = last + 1
  }
  return found
}

function saysNothing(line: string): boolean {
  return /^\s*(#|$)/.test(line)
}

function textOf(value: TomlValue): string | null {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) return null
  return value.length === 0 ? 'none' : value.join(',')
}

function suggestion(key: string): string {
  const meant = similarName(key, SETTING_NAMES.map(keyOf))
  return meant === undefined ? ': `seedbank settings` lists all' : `: ${meant} is meant, perhaps`
}
