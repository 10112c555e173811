import { stringify } from 'smol-toml'
import { SETTINGS } from './setting-definitions.ts'
import { keyOf, SETTING_NAMES, type SettingName } from './setting-names.ts'

const HEAD = `# Settings of Seedbank. Name this file with --config or SEEDBANK_CONFIG.
# A line with a setting is commented out while it is at its default. A variable goes before this file, and a flag before both.
# \`seedbank settings\` prints what is in force, and where each setting came from.
`

/** A configuration file with all settings, explained, each commented out at its default. */
export function exampleConfig(): string {
  const groups = Map.groupBy(SETTING_NAMES, (name) => SETTINGS[name].group)
  const parts = [...groups].map(([group, names]) => `\n## ${group}\n${names.map(explained).join('')}`)
  return HEAD + parts.join('')
}

function explained(name: SettingName): string {
  return `\n# ${SETTINGS[name].description}\n#${settingLine(name)}\n`
}

function settingLine(name: SettingName): string {
  const { default: usual } = SETTINGS[name]
  const list = usual.split(',').map((part) => part.trim())
  const value = list.length > 1 ? list : /^\d+$/.test(usual) ? Number(usual) : usual
  return stringify({ [keyOf(name)]: value }).trim()
}
