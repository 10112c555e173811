/**
 * What the command path costs: decide, chain, receipt and all projections, beside a bare transaction that checks the
 * version and inserts the row.
 *
 * Both run in this process, on the same disk, with the same settings, in short rounds that take turns, so that
 * whatever else the machine does slows both; the median round of each counts. Run: `npm run bench -- append`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Execute } from '../src/commands/command-meta.ts'
import { createExecutor } from '../src/commands/execute.ts'
import type { CommunityId } from '../src/domain/community-id.ts'
import type { ContentTopic } from '../src/domain/content-topic.ts'
import { openWriter } from '../src/events/database.ts'
import { createEventIdSource } from '../src/events/event-id.ts'
import type { EventLog } from '../src/events/event-log.ts'
import { communityStream, type CorrelationId } from '../src/events/recorded-event.ts'
import { openEventLog } from '../src/events/sqlite-event-log.ts'
import { projections } from '../src/projections/read-models.ts'

const ROUNDS = 61
const SINGLE_APPENDS = 25
const GROUPS = 4
const GROUP_SIZE = 100

const communities = Array.from(
  { length: 100 },
  (_, index) => `0x${index.toString(16).padStart(64, '0')}` as CommunityId,
)
const correlationId = '018f0000-0000-7000-8000-000000000000' as CorrelationId
const meta = { actor: 'local', correlationId, causationId: null } as const

/** Other topics each time, so that each command leads to one event. */
function topicsOf(count: number): readonly ContentTopic[] {
  return [`0x${count.toString(16).padStart(8, '0')}` as ContentTopic]
}

/** Microseconds for one append, in groups of `size` that take turns on `streams`. */
type Measured = (size: number, groups: number, streams: number) => Promise<number>

function createBare(file: string): Measured {
  const db = openWriter(file)
  db.exec(`create table event (position integer primary key, stream text, version integer, id text, type text,
    schema_version integer, recorded_at integer, actor text, correlation_id text, causation_id text, data text,
    unique (stream, version)) strict`)
  const version = db.prepare<[string], number | null>('select max(version) from event where stream = ?').pluck()
  const insert = db.prepare(
    `insert into event (stream, version, id, type, schema_version, recorded_at, actor, correlation_id, data)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const createId = createEventIdSource()
  const versions = new Map<string, number>()
  const append = db.transaction((group: readonly { stream: string; expected: number }[]) => {
    for (const { stream, expected } of group) {
      if ((version.get(stream) ?? 0) !== expected) throw new Error(`Cannot append to "${stream}"`)
      const data = JSON.stringify({ contentTopics: topicsOf(expected) })
      insert.run(stream, expected + 1, createId(), 'ContentTopicsChanged', 1, Date.now(), 'local', correlationId, data)
    }
  })
  return async (size, groups, streams) =>
    timed(size * groups, async () => {
      for (let group = 0; group < groups; group++) {
        const appends = Array.from({ length: size }, (_, index) => {
          const stream = communityStream(communityOf(group * size + index, streams))
          const expected = versions.get(stream) ?? 0
          versions.set(stream, expected + 1)
          return { stream, expected }
        })
        append.immediate(appends)
      }
    })
}

async function createCommanded(log: EventLog): Promise<Measured> {
  const execute: Execute = createExecutor(log)
  let count = 0
  for (const communityId of communities) {
    const wish = {
      type: 'AddCommunity',
      communityId,
      role: 'CONTROL_NODE',
      contentTopics: [],
      archiving: true,
    } as const
    await execute(wish, { ...meta, idempotency: null })
  }
  const change = async (communityId: CommunityId): Promise<void> => {
    count += 1
    const wish = { type: 'ChangeContentTopics', communityId, contentTopics: topicsOf(count) } as const
    const answer = await execute(wish, { ...meta, idempotency: { key: `key-${count}`, input: wish } })
    if (!answer.ok || answer.value.position === null) throw new Error('Cannot measure: a command led to no event')
  }
  return async (size, groups, streams) =>
    timed(size * groups, async () => {
      for (let group = 0; group < groups; group++) {
        await Promise.all(
          Array.from({ length: size }, async (_, index) => change(communityOf(group * size + index, streams))),
        )
      }
    })
}

function communityOf(index: number, streams: number): CommunityId {
  const community = communities[index % streams]
  if (community === undefined) throw new Error(`Cannot bench on ${streams} streams: there are ${communities.length}`)
  return community
}

async function timed(count: number, run: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await run()
  return ((performance.now() - from) * 1000) / count
}

async function compare(
  name: string,
  bare: Measured,
  commanded: Measured,
  shape: Parameters<Measured>,
): Promise<string> {
  const bareRounds: number[] = []
  const commandedRounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bareRounds.push(await bare(...shape))
    commandedRounds.push(await commanded(...shape))
  }
  const [bareMicros, commandedMicros] = [medianOf(bareRounds), medianOf(commandedRounds)]
  const added = commandedMicros - bareMicros
  const cells = [
    bareMicros.toFixed(1),
    commandedMicros.toFixed(1),
    (bareMicros / commandedMicros).toFixed(2),
    added.toFixed(1),
  ]
  return name.padEnd(30) + cells.map((cell) => cell.padStart(12)).join('')
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

const directory = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
const log = openEventLog({ file: join(directory, 'seedbank.db'), projections })
try {
  const bare = createBare(join(directory, 'bare.db'))
  const commanded = await createCommanded(log)
  const heads = ['bare µs', 'command µs', 'ratio', 'added µs']
  console.log('append'.padEnd(30) + heads.map((head) => head.padStart(12)).join(''))
  console.log(await compare('one at a time', bare, commanded, [1, SINGLE_APPENDS, 100]))
  console.log(await compare('groups of 100, 1 stream', bare, commanded, [GROUP_SIZE, GROUPS, 1]))
  console.log(await compare('groups of 100, 100 streams', bare, commanded, [GROUP_SIZE, GROUPS, 100]))
} finally {
  await log.close()
  rmSync(directory, { recursive: true, force: true })
}
