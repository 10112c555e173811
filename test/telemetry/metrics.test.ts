import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics/metrics.ts'
import { createTallies } from '../../src/telemetry/metrics/tallies.ts'

const DOCS = join(import.meta.dirname, '../../docs/metrics.md')
const none = (): ReadonlyMap<string, number> => new Map()
let uploadedBytes = 5
let parked = new Map([['seeding', 1]])

const tallies = createTallies()
const metrics: Metrics = createMetrics(tallies, {
  version: '1.2.3',
  headPosition: () => 7,
  readProjectionLags: async () => none(),
  reactorLags: none,
  readParked: async () => parked,
  readTorrents: async () => none(),
  countWebhooks: none,
  traffic: () => ({ uploadedBytes, downloadedBytes: 0, peers: 2 }),
  isTorrentClientUp: () => true,
  readWalBytes: async () => none(),
})

test('all metrics stand in the documentation as they are in the program, and no others', () => {
  const rows = readFileSync(DOCS, 'utf8')
    .split('\n')
    .filter((line) => /^\| `[a-z]/.test(line))
  const documented = rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^[|\s`]+|[|\s`]+$/g, '')))
  const program = metrics.describe().map(({ name, type, labels, help }) => [name, type, labels.join(', '), help])
  expect(documented.map(([name, type, labels, help]) => [name, type, labels, help])).toEqual(program)
})

test('those of this program follow the conventions of Prometheus', () => {
  const own = metrics.describe().filter(({ name }) => !/^(process|nodejs)_/.test(name))
  for (const { name, type } of own) {
    expect(name).toMatch(/^seedbank_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
  }
})

test('counters are what was counted, however often they are read, and gauges tell of nothing that is gone', async () => {
  tallies.commands.accepted('AddCommunity')
  tallies.commands.refused('AddCommunity', 'CommunityAlreadyAdded')
  tallies.commands.refused('AddCommunity', 'CommunityAlreadyAdded')
  tallies.commands.fault('AddCommunity')
  tallies.fellBehind += 1
  await metrics.read()
  uploadedBytes = 8
  const text = await metrics.read()
  expect(text).toContain('seedbank_commands_total{command="AddCommunity",outcome="accepted",code=""} 1\n')
  const refused = 'command="AddCommunity",outcome="refused",code="CommunityAlreadyAdded"'
  expect(text).toContain(`seedbank_commands_total{${refused}} 2\n`)
  expect(text).toContain('seedbank_commands_total{command="AddCommunity",outcome="fault",code=""} 1\n')
  expect(text).toContain('seedbank_torrent_uploaded_bytes_total 8\n')
  expect(text).toContain('seedbank_subscribers_fell_behind_total 1\n')
  expect(text).toContain('seedbank_parked{reactor="seeding"} 1\n')
  parked = new Map()
  expect(await metrics.read()).not.toContain('seedbank_parked{')
})
