/**
 * What packing costs where a history has grown for years: all of it in one go, and a week behind 104 others beside the
 * first week of all, with SHA-1 over the same bytes; and what the torrent client hashes before it serves either.
 *
 * Run: `npm run bench -- archives`, with other sizes by `--messages=`, `--week-messages=`, `--weeks=`, `--rounds=`.
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataPathOf } from '../src/archives/archive-paths.ts'
import { PARTITION_SECONDS } from '../src/domain/archive.ts'
import type { CommunityId } from '../src/domain/community-id.ts'
import type { ContentTopic } from '../src/domain/content-topic.ts'
import type { UnixSeconds } from '../src/domain/time.ts'
import { openMessageStore } from '../src/messages/message-store.ts'
import { countServing, type CountedServing } from './archives/count-serving.ts'
import { countPacking, measurePacking, type MeasuredPacking } from './archives/measure-packing.ts'
import type { PackingBytes, PackingJob } from './archives/packer.ts'
import { fillMessages, OVERHEAD_BYTES } from './packing/fill-messages.ts'
import { sha1Speed } from './packing/sha1-speed.ts'

const COMMUNITY = `0x${'ab'.repeat(32)}` as CommunityId
const TOPIC = '0x0a0b0c0d' as ContentTopic
const START = 1_600_000_000
const MESSAGE_BYTES = 500

const { values: flags } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    'week-messages': { type: 'string', default: '10000' },
    weeks: { type: 'string', default: '104' },
    rounds: { type: 'string', default: '5' },
  },
})

type Version = MeasuredPacking['version']

/** A week, or several, of a history: packed by one run. */
interface Stretch {
  readonly messagesFile: string
  readonly archivesDir: string
  /** Counted from 0. */
  readonly firstWeek: number
  readonly weeks: number
  readonly recordedAfter: number
  readonly previous: Version | null
}

const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
try {
  await benchOneGo(Number(flags.messages))
  await benchWeeks(Number(flags.weeks), Number(flags['week-messages']), Number(flags.rounds))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function benchOneGo(messages: number): Promise<void> {
  const messagesFile = await fill('one-go', messages, 1)
  const archivesDir = makeArchivesDir('one-go')
  const job = jobOf({ messagesFile, archivesDir, firstWeek: 0, weeks: 1, recordedAfter: 0, previous: null })
  const packed = await measurePacking(job)
  const speed = packed.version.dataBytes / 1000 / packed.tookMs
  const sha1 = sha1Speed(dataPathOf(archivesDir, COMMUNITY, 1))
  console.log(`packed ${messages} messages in one go, ${megabytes(packed.version.dataBytes)} MB of data`)
  console.log(`  ${speed.toFixed(0)} MB/s; SHA-1 of it ${sha1.toFixed(0)} MB/s: ${(speed / sha1).toFixed(2)} of that`)
  sayCost('  ', packed, await countPacking(job))
}

async function benchWeeks(weeks: number, messagesPerWeek: number, rounds: number): Promise<void> {
  const messagesFile = await fill('weeks', (weeks + 1) * messagesPerWeek, weeks + 1)
  const archivesDir = makeArchivesDir('weeks')
  const history = { messagesFile, archivesDir, firstWeek: 0, weeks, recordedAfter: 0, previous: null }
  const { version: previous } = await measurePacking(jobOf(history))
  const recordedAfter = weeks * messagesPerWeek
  const last = jobOf({ ...history, firstWeek: weeks, weeks: 1, recordedAfter, previous })
  const first = jobOf({ ...history, archivesDir: makeArchivesDir('first-week'), weeks: 1 })
  const took: { readonly first: MeasuredPacking[]; readonly last: MeasuredPacking[] } = { first: [], last: [] }
  // In turns, so that whatever else the machine does slows both.
  for (let round = 0; round < rounds; round++) {
    took.first.push(await measurePacking(first))
    took.last.push(await measurePacking(last))
  }
  const [one, other] = [medianOf(took.first), medianOf(took.last)]
  const oneBytes = await countPacking(first)
  // The history as it was before, and served.
  truncateSync(dataPathOf(archivesDir, COMMUNITY, 1), previous.dataBytes)
  await countServing({ archivesDir, communityId: COMMUNITY, version: previous, check: 'WHOLE' })
  const otherBytes = await countPacking(last)
  const oneServed = await serveNew(first, one.version)
  const otherServed = await serveNew(last, other.version)
  const sha1 = sha1Speed(dataPathOf(archivesDir, COMMUNITY, 1), previous.dataBytes)
  console.log(
    `packed a week of ${messagesPerWeek} messages behind ${weeks} of them, ${megabytes(previous.dataBytes)} MB`,
  )
  sayWeek('week 1', one, oneBytes, one.version.dataBytes, sha1)
  sayServing(oneServed)
  sayWeek(`week ${weeks + 1}`, other, otherBytes, other.version.dataBytes - previous.dataBytes, sha1)
  sayServing(otherServed)
  const ratio = (of: number, to: number): string => (of / to).toFixed(2)
  console.log(
    `  week ${weeks + 1} to week 1: time ${ratio(other.tookMs, one.tookMs)}, CPU ${ratio(other.cpuMs, one.cpuMs)}, ` +
      `memory ${ratio(other.peakMegabytes, one.peakMegabytes)}, ` +
      `written ${ratio(otherBytes.writtenBytes, oneBytes.writtenBytes)}, ` +
      `hashed ${ratio(hashedBytes(otherBytes), hashedBytes(oneBytes))}, ` +
      `hashed before it is served ${ratio(otherServed.readBytes, oneServed.readBytes)}`,
  )
}

function sayWeek(name: string, packed: MeasuredPacking, bytes: PackingBytes, dataBytes: number, sha1: number): void {
  const speed = dataBytes / 1000 / packed.tookMs
  const beside = `SHA-1 ${sha1.toFixed(0)} MB/s: ${(speed / sha1).toFixed(2)} of that`
  console.log(`  ${name}: ${packed.tookMs.toFixed(0)} ms, ${speed.toFixed(0)} MB/s; ${beside}`)
  sayCost('    ', packed, bytes)
}

function sayCost(indent: string, packed: MeasuredPacking, bytes: PackingBytes): void {
  const { cpuMs, idleMegabytes, peakMegabytes } = packed
  console.log(`${indent}CPU ${cpuMs.toFixed(0)} ms, the thread's start among them`)
  console.log(`${indent}memory: idle ${idleMegabytes.toFixed(0)} MB, peak ${peakMegabytes.toFixed(0)} MB above it`)
  const hashed = `hashed ${megabytes(hashedBytes(bytes))} MB`
  console.log(`${indent}wrote ${megabytes(bytes.writtenBytes)} MB, read ${megabytes(bytes.readBytes)} MB, ${hashed}`)
}

/** Serves what a run made, as the torrent client does that never served it. */
async function serveNew({ run }: PackingJob, version: Version): Promise<CountedServing> {
  return countServing({ archivesDir: run.request.archivesDir, communityId: COMMUNITY, version, check: 'IF_CHANGED' })
}

function sayServing({ readBytes, tookMs }: CountedServing): void {
  console.log(`    before it is served: hashed ${megabytes(readBytes)} MB in ${tookMs.toFixed(0)} ms`)
}

/** Files that are written are hashed as they are, and those of the version before are hashed to be believed. */
function hashedBytes({ writtenBytes, readBytes }: PackingBytes): number {
  return writtenBytes + readBytes
}

/** Each figure's own median. */
function medianOf(measured: readonly MeasuredPacking[]): MeasuredPacking {
  const median = (figure: 'tookMs' | 'cpuMs' | 'idleMegabytes' | 'peakMegabytes'): number =>
    measured.map((one) => one[figure]).toSorted((one, other) => one - other)[Math.floor(measured.length / 2)] ?? NaN
  const [one] = measured
  if (one === undefined) throw new Error('Cannot measure: there is no round')
  const memory = { idleMegabytes: median('idleMegabytes'), peakMegabytes: median('peakMegabytes') }
  return { version: one.version, tookMs: median('tookMs'), cpuMs: median('cpuMs'), ...memory }
}

/** Makes a store of messages that come evenly within these weeks, in the order recorded. @returns Its file. */
async function fill(name: string, messages: number, weeks: number): Promise<string> {
  const file = join(folder, `${name}.db`)
  await openMessageStore(file).close()
  const when = { from: START, seconds: weeks * PARTITION_SECONDS }
  const payloadBytes = MESSAGE_BYTES - OVERHEAD_BYTES
  fillMessages(file, { communityId: COMMUNITY, topic: TOPIC, messages, payloadBytes, ...when })
  return file
}

function makeArchivesDir(name: string): string {
  const archivesDir = join(folder, name)
  mkdirSync(archivesDir)
  return archivesDir
}

function jobOf({ messagesFile, archivesDir, firstWeek, weeks, recordedAfter, previous }: Stretch): PackingJob {
  const from = (START + firstWeek * PARTITION_SECONDS) as UnixSeconds
  const to = (from + weeks * PARTITION_SECONDS) as UnixSeconds
  const range = { from, to, contentTopics: [TOPIC], partitionSeconds: PARTITION_SECONDS }
  const trackers = ['udp://tracker.example:1337/announce']
  const request = { archivesDir, communityId: COMMUNITY, ...range, trackers, previous, createdAt: to }
  return {
    messagesFile,
    run: { request, recordedAfter, space: { previous, freeBytes: Number.MAX_SAFE_INTEGER, quotaBytes: null } },
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)
}
