/**
 * What it costs the command path to be looked on: counted and timed, and traced as well, to a collector that is down.
 *
 * All three run in this process, on the same disk, in short rounds that take turns; of each round the cost beside that of
 * nobody looking on counts, and the median of those is shown. Run: `npm run bench -- telemetry`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startTelemetry, type Telemetry } from '../src/app/telemetry/start-telemetry.ts'
import type { Execute } from '../src/commands/command-meta.ts'
import { createExecutor } from '../src/commands/execute.ts'
import type { CommunityId } from '../src/domain/community-id.ts'
import type { ContentTopic } from '../src/domain/content-topic.ts'
import type { CorrelationId } from '../src/events/recorded-event.ts'
import { openEventLog } from '../src/events/sqlite-event-log.ts'
import { projections } from '../src/projections/read-models.ts'

const ROUNDS = 101
const SHAPES = [
  ['one at a time', 1, 50],
  ['groups of 100', 100, 5],
] as const

const meta = {
  actor: 'local',
  correlationId: '018f0000-0000-7000-8000-000000000000' as CorrelationId,
  causationId: null,
  idempotency: null,
} as const

/** Microseconds for one command, in groups of `size`. */
type Measured = (size: number, groups: number) => Promise<number>

async function createMeasured(folder: string, name: string, telemetry: Telemetry | null): Promise<Measured> {
  const log = openEventLog({ file: join(folder, `${name}.db`), projections })
  closing.defer(async () => log.close())
  const execute: Execute =
    telemetry === null ? createExecutor(log) : telemetry.stores.commands(createExecutor(telemetry.stores.appends(log)))
  const communityId = `0x${'01'.repeat(32)}` as CommunityId
  const community = { communityId, role: 'CONTROL_NODE', contentTopics: [], archiving: true } as const
  await execute({ type: 'AddCommunity', ...community }, meta)
  let count = 0
  const change = async (): Promise<unknown> => {
    const topic = `0x${(count += 1).toString(16).padStart(8, '0')}` as ContentTopic
    return execute({ type: 'ChangeContentTopics', communityId, contentTopics: [topic] }, { ...meta })
  }
  return async (size, groups) => {
    const from = performance.now()
    for (let group = 0; group < groups; group++) await Promise.all(Array.from({ length: size }, change))
    return ((performance.now() - from) * 1000) / (size * groups)
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

async function compare([name, size, groups]: (typeof SHAPES)[number]): Promise<string> {
  const [bare, counted, traced]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever is first in a round is last in the next.
    const order = [
      [bare, unwatched],
      [counted, watched],
      [traced, tracing],
    ] as const
    for (const [times, measure] of round % 2 === 0 ? order : order.toReversed()) times.push(await measure(size, groups))
  }
  const ratio = (times: readonly number[]): string =>
    medianOf(times.map((micros, round) => micros / (bare[round] ?? NaN))).toFixed(3)
  const cells = [medianOf(bare).toFixed(1), medianOf(counted).toFixed(1), ratio(counted), ratio(traced)]
  return name.padEnd(20) + cells.map((cell) => cell.padStart(12)).join('')
}

await using closing = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
closing.defer(() => rmSync(folder, { recursive: true, force: true }))
const quiet = pino({ level: 'silent' })
const unwatched = await createMeasured(folder, 'unwatched', null)
const watched = await createMeasured(folder, 'watched', await startTelemetry({ otlpEndpoint: null }, quiet))
const collector = await startTelemetry({ otlpEndpoint: 'http://127.0.0.1:9' }, quiet)
closing.defer(async () => collector.stop())
const tracing = await createMeasured(folder, 'tracing', collector)
const heads = ['unwatched µs', 'watched µs', 'watched', 'traced']
console.log('command'.padEnd(20) + heads.map((head) => head.padStart(12)).join(''))
for (const shape of SHAPES) console.log(await compare(shape))
