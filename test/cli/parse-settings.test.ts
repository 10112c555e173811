import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addSettings, parseSettings } from '../../src/cli/parse-settings.ts'
import { SETTINGS } from '../../src/cli/setting-definitions.ts'
import { flagOf, SETTING_NAMES, variableOf } from '../../src/cli/setting-names.ts'

const README = join(import.meta.dirname, '../../README.md')

function settings(argv: readonly string[] = [], environment: Record<string, string> = {}): unknown {
  const parsed = parseSettings(argv, environment)
  return parsed.ok ? parsed.value : parsed.error.lines
}

describe('settings', () => {
  test('suit a person at home by default', () => {
    expect(settings()).toEqual({
      dataDir: join(process.cwd(), 'seedbank-data'),
      logLevel: 'info',
      graceSeconds: 600,
      schedule: true,
      host: '127.0.0.1',
      port: 4000,
      allowedHosts: [],
      allowedOrigins: [],
      trustedProxies: [],
      maxConnections: 20_000,
      connectionsPerAddress: 2_000,
      subscriptionsPerCaller: 5_000,
      operationsPerSecond: 200,
      anonymousOperationsPerSecond: 20,
      introspection: 'auto',
      graphiql: 'auto',
      persistedOperations: null,
      onlyPersisted: false,
      auth: 'auto',
      jwtIssuer: null,
      jwtAudience: null,
      jwks: null,
      torrentHost: null,
      torrentPort: 61_881,
      dht: true,
      lsd: true,
      upnp: true,
      utp: false,
      dhtBootstrap: null,
      privateAddresses: false,
      settleSeconds: 20,
      encryption: 'prefer',
      trackers: ['udp://tracker.opentrackr.org:1337/announce', 'udp://tracker.openbittorrent.com:6969/announce'],
      publicUrl: null,
      publicTorrentAddress: null,
      trackerUdpPort: null,
      uploadLimit: null,
      downloadLimit: null,
      bandwidthSchedule: [],
      diskQuota: null,
      minFreeBytes: 16_777_216,
      logFormat: 'auto',
      otlpEndpoint: null,
    })
  })

  test('come from a variable, or from the flag of the same name, which goes first', () => {
    expect(settings([], { SEEDBANK_PORT: '5000' })).toMatchObject({ port: 5000 })
    expect(settings(['--port', '6000'], { SEEDBANK_PORT: '5000' })).toMatchObject({ port: 6000 })
    expect(settings(['--port=4000'], { SEEDBANK_PORT: '5000' })).toMatchObject({ port: 4000 })
  })

  test('come from the variable of other programs where nothing else gives them', () => {
    const shared = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' }
    expect(settings([], shared)).toMatchObject({ otlpEndpoint: 'http://127.0.0.1:4318' })
    expect(settings([], { ...shared, SEEDBANK_OTLP_ENDPOINT: 'none' })).toMatchObject({ otlpEndpoint: null })
    expect(settings([], { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector", but must be an http or https URL without user, query or fragment, like http://127.0.0.1:4318, or none',
    ])
  })

  test('take an empty variable for one that is not given', () => {
    expect(settings([], { SEEDBANK_PORT: '', SEEDBANK_DATA_DIR: '' })).toMatchObject({ port: 4000 })
  })

  test('are all refused at once, by the name they were given under', () => {
    expect(settings(['--dht', 'yes', '--grace-seconds', '1.5'], { SEEDBANK_PORT: '65536' })).toEqual([
      '--grace-seconds is "1.5", but must be a whole number from 0 to 604800',
      'SEEDBANK_PORT is "65536", but must be a whole number from 0 to 65535',
      '--dht is "yes", but must be on or off',
    ])
  })

  test('refuse a flag that does not exist, and one without its value', () => {
    expect(settings(['--prot', '1'])).toEqual([expect.stringContaining("unknown option '--prot'")])
    expect(settings(['--port'])).toEqual([expect.stringContaining('argument missing')])
  })

  test('keep LSD and uTP, which listen everywhere, off beside one torrent address', () => {
    expect(settings(['--torrent-host', '127.0.0.1'])).toMatchObject({
      torrentHost: '127.0.0.1',
      lsd: false,
      utp: false,
    })
    expect(settings(['--torrent-host', '127.0.0.1', '--lsd', 'on'])).toEqual([
      '--lsd is "on", but must be off where SEEDBANK_TORRENT_HOST is set, as it listens on all addresses',
    ])
  })
})

describe('the settings of an issuer of tokens', () => {
  const whole = ['--jwt-issuer', 'https://issuer.example', '--jwt-audience', 'seedbank', '--jwks']

  test('are a URL that nobody on the way can change, or a file', () => {
    const place = (jwks: string): unknown => (settings([...whole, jwks]) as { readonly jwks?: unknown }).jwks
    for (const url of ['https://issuer.example/keys', 'http://127.0.0.1:8080/keys', 'http://[::1]/keys']) {
      expect(place(url)).toEqual({ type: 'URL', url })
    }
    expect(place('keys.json')).toEqual({ type: 'FILE', path: join(process.cwd(), 'keys.json') })
    for (const wrong of ['http://issuer.example/keys', 'http://127.0.0.1.evil.example/', 'file:///keys', 'https://']) {
      expect(settings([...whole, wrong])).toEqual([expect.stringMatching(/^--jwks is .+ but must be an https URL/)])
    }
  })

  test('are given together or not at all, each that is missing or useless in a line', () => {
    expect(settings(['--jwt-issuer', 'i'], { SEEDBANK_AUTH: 'required' })).toEqual([
      'SEEDBANK_JWT_AUDIENCE must be set too where --jwt-issuer is: its tokens cannot be checked without',
      'SEEDBANK_JWKS must be set too where --jwt-issuer is: its tokens cannot be checked without',
    ])
    expect(settings(['--jwks', 'keys.json'], { SEEDBANK_JWT_AUDIENCE: 'seedbank' })).toEqual([
      'SEEDBANK_JWT_AUDIENCE is set, but no SEEDBANK_JWT_ISSUER whose tokens it could be for',
      '--jwks is set, but no SEEDBANK_JWT_ISSUER whose tokens it could be for',
    ])
  })
})

test('a node that answers its list alone has a list', () => {
  expect(settings(['--only-persisted', 'on'])).toEqual([
    'SEEDBANK_PERSISTED_OPERATIONS must be set too where --only-persisted is on: without a list, no client is answered',
  ])
  const both = ['--only-persisted', 'on', '--persisted-operations', 'operations.json']
  expect(settings(both)).toMatchObject({ onlyPersisted: true })
})

describe('names of settings', () => {
  test('are the same for variable and flag', () => {
    expect([variableOf('trackerUdpPort'), flagOf('trackerUdpPort')]).toEqual([
      'SEEDBANK_TRACKER_UDP_PORT',
      '--tracker-udp-port',
    ])
  })

  test('stand in the help, with variable and default', () => {
    const help = addSettings(new Command()).helpInformation()
    for (const name of SETTING_NAMES) {
      expect(help).toContain(`${flagOf(name)} <${SETTINGS[name].placeholder}>`)
      expect(help).toContain(variableOf(name))
    }
    expect(help.match(/^\w+:$/gm)).toEqual(expect.arrayContaining(['Node:', 'API:', 'Torrents:', 'Tracker:']))
  })

  test('stand in the README as they are in the program', () => {
    const rows = readFileSync(README, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `SEEDBANK_'))
    const table = rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^[|\s`]+|[|\s`]+$/g, '')))
    const program = SETTING_NAMES.map((name) => {
      const { default: usual, description } = SETTINGS[name]
      return [variableOf(name), flagOf(name), usual.replaceAll(',', ', '), description]
    })
    expect(table).toEqual(program)
  })
})
