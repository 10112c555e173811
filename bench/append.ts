/**
 * What the event log costs: its appends beside a bare transaction that checks the version and inserts the row.
 *
 * Both run in this process, on the same disk, with the same settings, in short rounds that take turns, so that
 * whatever else the machine does slows both; the median round of each counts. Run: `node bench/append.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CommunityId } from '../src/domain/community-id.ts'
import type { SeedingStarted } from '../src/domain/events.ts'
import type { InfoHash } from '../src/domain/info-hash.ts'
import type { Append, EventLog } from '../src/events/event-log.ts'
import { openWriter } from '../src/events/database.ts'
import { createEventIdSource } from '../src/events/event-id.ts'
import type { Projection } from '../src/events/projection.ts'
import { communityStream, type CorrelationId } from '../src/events/recorded-event.ts'
import { openEventLog } from '../src/events/sqlite-event-log.ts'

const ROUNDS = 61
const SINGLE_APPENDS = 25
const GROUPS = 4
const GROUP_SIZE = 100

const communities = Array.from(
  { length: 100 },
  (_, index) => `0x${index.toString(16).padStart(64, '0')}` as CommunityId,
)
const correlationId = '018f0000-0000-7000-8000-000000000000' as CorrelationId
const infoHash = 'c'.repeat(40) as InfoHash

interface Tables {
  readonly bench_seeding: {
    readonly community_id: string
    readonly info_hash: string
    readonly since: number
    readonly caused_by: string
  }
}
const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

const seeding: Projection = {
  name: 'bench_seeding',
  version: 1,
  tables: ['bench_seeding'],
  create: [
    sql.schema
      .createTable('bench_seeding')
      .addColumn('community_id', 'text', (column) => column.primaryKey())
      .addColumn('info_hash', 'text')
      .addColumn('since', 'integer')
      .addColumn('caused_by', 'text')
      .compile(),
  ],
  on: {
    SeedingStarted: ({ event, id, recordedAt }) => {
      const row = { info_hash: event.data.infoHash, since: recordedAt, caused_by: id }
      return [
        sql
          .insertInto('bench_seeding')
          .values({ community_id: event.communityId, ...row })
          .onConflict((conflict) => conflict.column('community_id').doUpdateSet(row))
          .compile(),
      ]
    },
  },
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
      const data = JSON.stringify({ infoHash })
      insert.run(stream, expected + 1, createId(), 'SeedingStarted', 1, Date.now(), 'local', correlationId, data)
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

function createLogged(log: EventLog): Measured {
  const versions = new Map<string, number>()
  let keys = 0
  const appendTo = (communityId: CommunityId): Append => {
    const stream = communityStream(communityId)
    const expectedVersion = versions.get(stream) ?? 0
    versions.set(stream, expectedVersion + 1)
    const event: SeedingStarted = { type: 'SeedingStarted', communityId, data: { infoHash } }
    return {
      stream,
      expectedVersion,
      events: [event],
      meta: {
        actor: 'local',
        correlationId: correlationId,
        causationId: null,
      },
      receipt: { key: `key-${keys++}`, commandType: 'Bench', inputHash: 'f'.repeat(64), result: { accepted: true } },
    }
  }
  return async (size, groups, streams) =>
    timed(size * groups, async () => {
      for (let group = 0; group < groups; group++) {
        const appends = Array.from({ length: size }, (_, index) => appendTo(communityOf(group * size + index, streams)))
        const outcomes = await log.append(appends)
        if (!outcomes.every(({ ok }) => ok)) throw new Error('Cannot measure: an append was refused')
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

async function compare(name: string, bare: Measured, logged: Measured, shape: Parameters<Measured>): Promise<string> {
  const bareRounds: number[] = []
  const loggedRounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bareRounds.push(await bare(...shape))
    loggedRounds.push(await logged(...shape))
  }
  const [bareMicros, loggedMicros] = [medianOf(bareRounds), medianOf(loggedRounds)]
  const added = loggedMicros - bareMicros
  const cells = [
    bareMicros.toFixed(1),
    loggedMicros.toFixed(1),
    (bareMicros / loggedMicros).toFixed(2),
    added.toFixed(1),
  ]
  return name.padEnd(30) + cells.map((cell) => cell.padStart(12)).join('')
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

const directory = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
const log = openEventLog({ file: join(directory, 'seedbank.db'), projections: [seeding] })
try {
  const bare = createBare(join(directory, 'bare.db'))
  const logged = createLogged(log)
  const heads = ['bare µs', 'log µs', 'bare/log', 'added µs']
  console.log('append'.padEnd(30) + heads.map((head) => head.padStart(12)).join(''))
  console.log(await compare('one at a time', bare, logged, [1, SINGLE_APPENDS, 100]))
  console.log(await compare('groups of 100, 1 stream', bare, logged, [GROUP_SIZE, GROUPS, 1]))
  console.log(await compare('groups of 100, 100 streams', bare, logged, [GROUP_SIZE, GROUPS, 100]))
} finally {
  await log.close()
  rmSync(directory, { recursive: true, force: true })
}
