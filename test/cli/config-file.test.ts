import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/cli/config-file.ts'
import { exampleConfig } from '../../src/cli/example-config.ts'
import { addSettings, parseSettings, settingsOf } from '../../src/cli/parse-settings.ts'
import { keyOf, SETTING_NAMES } from '../../src/cli/setting-names.ts'
import { SETTINGS } from '../../src/cli/setting-definitions.ts'
import { settingsToml } from '../../src/cli/settings.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

/** @returns The settings, or the lines that refuse them, with the file's name as `file`. */
function settings(toml: string, argv: readonly string[] = [], environment: Record<string, string> = {}): unknown {
  const file = configFile(toml)
  const parsed = parseSettings(argv, { SEEDBANK_CONFIG: file, ...environment })
  return parsed.ok ? parsed.value : parsed.error.lines.map((line) => line.replaceAll(file, 'file'))
}

function configFile(toml: string): string {
  const file = join(createTemporaryFolder(), 'seedbank.toml')
  writeFileSync(file, toml)
  return file
}

describe('a configuration file', () => {
  test('goes before the defaults, a variable before the file, and a flag before both', () => {
    expect(settings('port = 5000')).toMatchObject({ port: 5000, torrentPort: 61_881 })
    expect(settings('port = 5000', [], { SEEDBANK_PORT: '6000' })).toMatchObject({ port: 6000 })
    expect(settings('port = 5000', [], { SEEDBANK_PORT: '' })).toMatchObject({ port: 5000 })
    expect(settings('port = 5000', ['--port', '7000'], { SEEDBANK_PORT: '6000' })).toMatchObject({ port: 7000 })
  })

  test('is named by a flag, or by a variable, which goes second', () => {
    const [flag, variable] = [configFile('port = 5000'), configFile('port = 6000')]
    expect(valueOf(parseSettings([], { SEEDBANK_CONFIG: variable }))).toMatchObject({ port: 6000 })
    expect(valueOf(parseSettings(['--config', flag], { SEEDBANK_CONFIG: variable }))).toMatchObject({ port: 5000 })
    expect(valueOf(parseSettings([], { SEEDBANK_CONFIG: '' }))).toMatchObject({ port: 4000 })
  })

  test("takes TOML's own numbers, truths and lists", () => {
    const toml = 'port = 5_000\ndht = false\nupnp = true\nallowed-hosts = ["a.example", "b.example"]\ntrackers = []'
    expect(settings(toml)).toMatchObject({
      port: 5000,
      dht: false,
      upnp: true,
      allowedHosts: ['a.example', 'b.example'],
      trackers: [],
    })
    expect(settings('allowed-hosts = "a.example, b.example"')).toMatchObject({
      allowedHosts: ['a.example', 'b.example'],
    })
  })

  test('is refused by line, with all that is wrong, also where a variable goes before it', () => {
    const toml =
      '# A comment\nport = 70000\n\ntrackers = [\n  "udp://a.example:1",\n]\ndhtt = false\n"grace-seconds" = 1979-05-27\n[api]\nhost = 1'
    expect(settings(toml, ['--utp', 'yes'], { SEEDBANK_PORT: '5000' })).toEqual([
      'file:7: dhtt is no setting: dht is meant, perhaps',
      'file:8: grace-seconds must be a text, a number, true, false or a list of texts',
      'file:9: api is no setting: `seedbank settings` lists all',
      '--utp is "yes", but must be on or off',
      'file:2: port is "70000", but must be a whole number from 0 to 65535',
    ])
  })

  test('is refused as a whole where it is no TOML, and where it is not there', () => {
    expect(settings('port = 5000\nhost =\n')).toEqual([expect.stringMatching(/^file:2: /)])
    expect(settings('port = 5000\nport = 5000\n')).toEqual([expect.stringMatching(/^file:2: /)])
    expect(settings('', ['--config', '/nowhere/seedbank.toml'])).toEqual([
      expect.stringContaining('Cannot read the configuration file "/nowhere/seedbank.toml": ENOENT'),
    ])
  })

  test('knows each setting by the name of its flag', () => {
    const toml = SETTING_NAMES.map((name) => `${keyOf(name)} = ${JSON.stringify(SETTINGS[name].default)}`).join('\n')
    const { settings: found, refused } = parseConfig(toml, 'file')
    expect(refused).toEqual([])
    expect([...found.keys()]).toEqual(SETTING_NAMES)
    expect(parseConfig('__proto__ = 1\ntoString = 2', 'file').refused).toHaveLength(2)
  })
})

describe('variables that begin with SEEDBANK_', () => {
  test('are refused where they are nearly a setting', () => {
    const misspelt = { SEEDBANK_DATADIR: 'x', SEEDBANK_TRACKER: 'none', seedbank_port: '1', SEEDBANK_TORENT_HOST: 'x' }
    expect(settings('', [], misspelt)).toEqual([
      'SEEDBANK_DATADIR is no setting: SEEDBANK_DATA_DIR is meant, perhaps',
      'SEEDBANK_TRACKER is no setting: SEEDBANK_TRACKERS is meant, perhaps',
      'seedbank_port is no setting: SEEDBANK_PORT is meant, perhaps',
      'SEEDBANK_TORENT_HOST is no setting: SEEDBANK_TORRENT_HOST is meant, perhaps',
    ])
  })

  test.each([
    ['PROT', 'PORT'],
    ['HOTS', 'HOST'],
    ['PORTS', 'PORT'],
    ['UPLAOD_LIMTI', 'UPLOAD_LIMIT'],
  ])('are so by one slip, or by two in a long name: %s for %s', (written, meant) => {
    expect(settings('', [], { [`SEEDBANK_${written}`]: '1' })).toEqual([
      `SEEDBANK_${written} is no setting: SEEDBANK_${meant} is meant, perhaps`,
    ])
    expect(settings(`${written.toLowerCase().replace('_', '-')} = 1`)).toEqual([
      `file:1: ${written.toLowerCase().replace('_', '-')} is no setting: ${meant.toLowerCase().replace('_', '-')} is meant, perhaps`,
    ])
  })

  test('are warned of where they are like no setting: tests and clusters set some', () => {
    const names = [
      'FUZZ_RUNS',
      'CRASHES',
      'RESTARTS',
      'SEED',
      'TWO_YEARS',
      'PROTSX',
      'SERVICE_HOST',
      'PORT_4000_TCP_ADDR',
    ]
    const environment = Object.fromEntries(names.map((name) => [`SEEDBANK_${name}`, '1']))
    const { warnings } = valueOf(settingsOf(addSettings(new Command()), environment))
    expect(warnings).toEqual(
      names.map((name) => `SEEDBANK_${name} is no setting, and is ignored: \`seedbank settings\` lists all`),
    )
  })
})

describe('the settings in force', () => {
  test('are printed with where each came from, as a file that says the same', () => {
    const file = configFile('torrent-host = "127.0.0.1"\nallowed-hosts = ["a.example", "b.example"]')
    const command = addSettings(new Command()).parse(['--config', file, '--port', '5000'], { from: 'user' })
    const environment = { SEEDBANK_LOG_LEVEL: 'warn' }
    const { given, settings: inForce } = valueOf(settingsOf(command, environment))
    const toml = settingsToml(given, inForce)
    const lines = toml.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
    expect(lines).toHaveLength(SETTING_NAMES.length)
    expect(lines).toEqual(
      expect.arrayContaining([
        'port = 5000 # --port',
        'log-level = "warn" # SEEDBANK_LOG_LEVEL',
        `torrent-host = "127.0.0.1" # ${file}:1: torrent-host`,
        'lsd = "off" # off beside torrent-host',
        'upnp = "on" # default',
        `allowed-hosts = [ "a.example", "b.example" ] # ${file}:2: allowed-hosts`,
      ]),
    )
    expect(valueOf(parseSettings([], { SEEDBANK_CONFIG: configFile(toml) }))).toEqual(inForce)
  })
})

describe('deploy/seedbank.toml', () => {
  const example = readFileSync(join(import.meta.dirname, '../../deploy/seedbank.toml'), 'utf8')

  test('is what `seedbank settings --example` prints: all settings, explained', () => {
    expect(example, 'print it anew: npm run -s seedbank -- settings --example > deploy/seedbank.toml').toBe(
      exampleConfig(),
    )
  })

  test('changes nothing, also where every line of it counts', () => {
    const usual = valueOf(parseSettings([], {}))
    expect(settings(example)).toEqual(usual)
    const whole = example.replaceAll(/^#(?=[a-z])/gm, '')
    expect(parseConfig(whole, 'file').settings.size).toBe(SETTING_NAMES.length)
    expect(settings(whole)).toEqual(usual)
  })
})
