/**
 * What packing and recording cost, and whether the API answers meanwhile, with a node in a process of its own.
 *
 * Run: `npm run bench -- packing`, with other sizes by `--large-messages=`, `--small-messages=`, `--recorded=`; 0 leaves
 * a part out. 16300000 small messages come to a gigabyte.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createApiClient, type ApiClient } from '../test/support/api-client.ts'
import { HISTORY_START, messageLine } from '../test/support/numbered-message.ts'
import { startNodeProcess, type NodeProcess } from '../test/support/node-process.ts'
import { addCommunity } from '../test/support/node-wishes.ts'
import type { ContentTopic } from '../src/domain/content-topic.ts'
import { fillMessages } from './packing/fill-messages.ts'
import { forgetPeak, readMemory } from './packing/process-memory.ts'
import { latenciesDuring, type Latencies } from './packing/query-latency.ts'
import { sha1Speed } from './packing/sha1-speed.ts'

const TOPIC = '0x0a0b0c0d' as ContentTopic
const WEEK_SECONDS = 604_800
const IDLE_MS = 3_000
const WARM_UP_MS = 2_000
const LARGE_BYTES = 1_000_000
/** With its hash, time, topic and tags a message of this payload is 66 bytes. */
const SMALL_BYTES = 18
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const SIGNALS = `subscription ($id: CommunityId!) {
  signals(communityId: $id) { __typename ... on HistoryArchivesCreated { dataBytes } }
}`

const { values: flags } = parseArgs({
  options: {
    'large-messages': { type: 'string', default: '1000' },
    'small-messages': { type: 'string', default: '2000000' },
    recorded: { type: 'string', default: '100000' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
try {
  await benchPacking('messages of 1 MB', Number(flags['large-messages']), LARGE_BYTES)
  await benchPacking('messages of 66 bytes', Number(flags['small-messages']), SMALL_BYTES)
  await benchRecording(Number(flags.recorded))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function benchPacking(name: string, messages: number, payloadBytes: number): Promise<void> {
  if (messages === 0) return
  const dataDir = join(folder, name.replaceAll(' ', '-'))
  const communityId = await prepare(dataDir)
  const history = { communityId, topic: TOPIC, messages, payloadBytes, from: HISTORY_START, seconds: WEEK_SECONDS }
  fillMessages(join(dataDir, 'messages.db'), history)
  await withNode(dataDir, async (node, api) => {
    const idle = await idleLatencies(node)
    const before = readMemory(node.pid).nowMegabytes
    forgetPeak(node.pid)
    const startedAt = performance.now()
    let dataBytes = 0
    const during = await latenciesDuring(node.url, async () => {
      dataBytes = await pack(api, communityId)
    })
    const packing = dataBytes / 1000 / (performance.now() - startedAt)
    const { peakMegabytes } = readMemory(node.pid)
    const sha1 = sha1Speed(join(dataDir, 'archives', communityId, 'data.1'))
    say(`packed ${messages} ${name}, ${(dataBytes / 1e6).toFixed(0)} MB of data`)
    say(`  ${packing.toFixed(0)} MB/s; SHA-1 of it ${sha1.toFixed(0)} MB/s: ${(packing / sha1).toFixed(2)} of that`)
    say(`  memory: idle ${before.toFixed(0)} MB, peak ${(peakMegabytes - before).toFixed(0)} MB above it`)
    sayLatencies(idle, during)
  })
  rmSync(dataDir, { recursive: true, force: true })
}

/** Lets the node archive, which is long due. @returns The length of `data`, as soon as it is created. */
async function pack(api: ApiClient, communityId: string): Promise<number> {
  type Told = { readonly signals: { readonly __typename: string; readonly dataBytes?: number } }
  const signals = api.subscribe<Told>(SIGNALS, { id: communityId })
  const first = signals.next()
  await api.request(`mutation ($id: CommunityId!) { enableArchiving(communityId: $id) { __typename } }`, {
    id: communityId,
  })
  for (let next = await first; next.done !== true; next = await signals.next()) {
    const { __typename: type, dataBytes } = next.value.signals
    if (dataBytes !== undefined) return dataBytes
    if (type === 'ArchiveCreationFailed') throw new Error('Cannot measure: the run failed')
  }
  throw new Error('Cannot measure: the signals ended')
}

async function benchRecording(messages: number): Promise<void> {
  if (messages === 0) return
  const dataDir = join(folder, 'recording')
  const communityId = await prepare(dataDir)
  const file = join(folder, 'messages.ndjson')
  writeFileSync(file, Array.from({ length: messages }, (_, n) => `${messageLine(TOPIC, n, 200)}\n`).join(''))
  await withNode(dataDir, async (node) => {
    const idle = await idleLatencies(node)
    const before = readMemory(node.pid).nowMegabytes
    forgetPeak(node.pid)
    const startedAt = performance.now()
    const during = await latenciesDuring(node.url, async () => recordFile(file, communityId, dataDir))
    const perSecond = (messages * 1000) / (performance.now() - startedAt)
    const { peakMegabytes } = readMemory(node.pid)
    say(`recorded ${messages} messages of 200 bytes through the API, with the command line's own start and end`)
    say(`  ${perSecond.toFixed(0)} messages/s`)
    say(`  memory: idle ${before.toFixed(0)} MB, peak ${(peakMegabytes - before).toFixed(0)} MB above it`)
    sayLatencies(idle, during)
  })
}

async function recordFile(file: string, communityId: string, dataDir: string): Promise<void> {
  const args = [MAIN, 'record', file, '--community', communityId, '--data-dir', dataDir]
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`Cannot measure: recording ended with code ${code}`)
}

/** Makes a data directory whose node knows one community, and does not archive it yet. @returns The community's id. */
async function prepare(dataDir: string): Promise<string> {
  return withNode(dataDir, async (_node, api) => {
    const id = await addCommunity(api, [TOPIC])
    await api.request(`mutation ($id: CommunityId!) { disableArchiving(communityId: $id) { __typename } }`, { id })
    return id
  })
}

async function withNode<Value>(
  dataDir: string,
  use: (node: NodeProcess, api: ApiClient) => Promise<Value>,
): Promise<Value> {
  const node = await startNodeProcess(dataDir, { SEEDBANK_SCHEDULE: 'on' })
  const api = createApiClient(node.url)
  try {
    return await use(node, api)
  } finally {
    await api.close()
    await node.stop()
  }
}

/** What a query takes when the node has nothing else to do, once it has compiled what answers it. */
async function idleLatencies(node: NodeProcess): Promise<Latencies> {
  await latenciesDuring(node.url, async () => setTimeout(WARM_UP_MS))
  return latenciesDuring(node.url, async () => setTimeout(IDLE_MS))
}

function sayLatencies(idle: Latencies, during: Latencies): void {
  const told = ({ queries, p50, p99, max }: Latencies): string =>
    `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, longest ${max.toFixed(1)} ms of ${queries}`
  say(`  a query every 10 ms: ${told(during)}; before, idle: ${told(idle)}`)
}

function say(line: string): void {
  console.log(line)
}
