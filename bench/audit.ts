/**
 * How fast a log is replayed and verified, beside a plain program that reads the same rows with better-sqlite3 and parses
 * their JSON, in rounds that take turns; and how long a query to the API in the same process takes meanwhile.
 *
 * Run: `npm run bench -- audit`, with another size by `--events=`. It ends with 1 where a promise is not kept.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EventReader } from '../src/events/event-reader.ts'
import { serveEvents } from './audit/serve-events.ts'
import { fillLog } from './audit/fill-log.ts'
import { readPlainly } from './audit/read-plainly.ts'
import { replayIntoNothing } from './audit/replay-into-nothing.ts'
import { latenciesDuring, type Latencies } from './packing/query-latency.ts'

const ROUNDS = 3
const LEAST = { replay: 0.7, verify: 0.5 } as const
const LONGEST_P99_MS = 50
const IDLE_MS = 2_000
/** Position, time, community, actor and a word. */
const SHORTEST_LINE = 60
const QUERY = '{ events(last: 5) { edges { node { position type summary } } } }'

const { values: flags } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } })
const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
try {
  await bench(join(folder, 'seedbank.db'), Number(flags.events))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function bench(file: string, events: number): Promise<void> {
  const filledMs = await timed(async () => fillLog(file, events))
  console.log(
    `${events} events, ${(statSync(file).size / 1e6).toFixed(0)} MB, written in ${(filledMs / 1000).toFixed(1)} s`,
  )
  const works = {
    plain: async () => readPlainly(file),
    replay: async () => replayed(file, events),
    verify: async () => verified(file),
  }
  const rounds: Record<keyof typeof works, number[]> = { plain: [], replay: [], verify: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['plain', 'replay', 'verify'] as const) rounds[name].push(await timed(works[name]))
  }
  const plainMs = medianOf(rounds.plain)
  sayRate('plain better-sqlite3 and JSON.parse', plainMs, events)
  for (const name of ['replay', 'verify'] as const) {
    const ms = medianOf(rounds[name])
    sayRate(name, ms, events, plainMs / ms, LEAST[name])
  }
  await using api = await serveEvents(file)
  const idle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  sayLatencies('while nothing else is done', await latenciesDuring(api.url, idle, QUERY), Infinity)
  for (const name of ['replay', 'verify'] as const) {
    sayLatencies(`during ${name}`, await latenciesDuring(api.url, works[name], QUERY), LONGEST_P99_MS)
  }
}

async function replayed(file: string, events: number): Promise<void> {
  const characters = await replayIntoNothing(file)
  if (characters < events * SHORTEST_LINE)
    throw new Error(`Cannot measure: ${characters} characters of ${events} events`)
}

async function verified(file: string): Promise<void> {
  const reader = new EventReader(file)
  const found = await reader.verify()
  reader.close()
  if (!found.ok) throw new Error(`Cannot measure: ${found.error.code} at ${found.error.position}`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

function sayRate(name: string, ms: number, events: number, ratio?: number, least = 0): void {
  const rate = `${((events / ms) * 1000).toFixed(0)} events/s, ${((ms * 1000) / events).toFixed(2)} µs each`
  const compared = ratio === undefined ? '' : `; ${ratio.toFixed(2)} of plain, ${least} is promised`
  console.log(`${name.padEnd(36)} ${rate}${compared}`)
  if (ratio !== undefined && ratio < least) process.exitCode = 1
}

function sayLatencies(when: string, { queries, p50, p99, max }: Latencies, longest: number): void {
  const figures = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms, of ${queries}`
  console.log(`a query ${when.padEnd(28)} ${figures}`)
  if (p99 >= longest) process.exitCode = 1
}
