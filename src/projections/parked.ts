import { sql as raw, type CompiledQuery, type Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { CommunityEvent } from '../domain/events.ts'
import { NEW_CHANCES, PARKABLE_REACTORS } from '../domain/new-chance.ts'
import type { ParkableReactor } from '../domain/parking-events.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { EventId } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface ParkedTable {
  readonly community_id: CommunityId
  readonly reactor: ParkableReactor
  /** PARKED: it waits for somebody to decide. SKIPPED: somebody decided to leave it undone. */
  readonly state: 'PARKED' | 'SKIPPED'
  readonly code: string
  readonly failures: number
  readonly since: UnixMillis
  /** The ReactorParked event. */
  readonly cause: EventId
}

/** Work for a community that a reactor gave up, and that waits for somebody to decide what becomes of it. */
export interface ParkedRow {
  readonly communityId: CommunityId
  readonly reactor: ParkableReactor
  /** Why it failed last. */
  readonly code: string
  /** How often it failed in a row. */
  readonly failures: number
  /** When it was given up. */
  readonly since: UnixMillis
  /** The ReactorParked event. */
  readonly cause: EventId
}

/**
 * The work that reactors leave alone, as `Parking` in the domain has it: until it has a new chance. Key: community and reactor.
 */
export const parked = {
  name: 'parked',
  version: 1,
  tables: ['parked'],
  create: [
    raw`create table parked (
      community_id text not null,
      reactor text not null,
      state text not null,
      code text not null,
      failures integer not null,
      since integer not null,
      cause text not null,
      primary key (community_id, reactor)
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    ...newChances(),
    ReactorParked: ({ event: { communityId, data }, id, recordedAt }) => [
      sql
        .insertInto('parked')
        .values({ community_id: communityId, ...data, state: 'PARKED', since: recordedAt, cause: id })
        .compile(),
    ],
    ReactorRetried: ({ event: { communityId, data } }) => [forget(communityId, [data.reactor])],
    ReactorSkipped: ({ event: { communityId, data } }) => [
      sql
        .updateTable('parked')
        .set({ state: 'SKIPPED' })
        .where('community_id', '=', communityId)
        .where('reactor', '=', data.reactor)
        .compile(),
    ],
  },
} satisfies Projection

/** Each type of event that gives work a new chance forgets what was given up of it. */
function newChances(): Projection['on'] {
  const handlers = Object.entries(NEW_CHANCES).map(([type, reactors]) => [
    type,
    ({ event }: { readonly event: CommunityEvent }) => [forget(event.communityId, reactors)],
  ])
  return Object.fromEntries(handlers) as Projection['on']
}

function forget(communityId: CommunityId, reactors: readonly ParkableReactor[]): CompiledQuery {
  const all = sql.deleteFrom('parked').where('community_id', '=', communityId)
  return (reactors === PARKABLE_REACTORS ? all : all.where('reactor', 'in', reactors)).compile()
}

/** What waits for somebody to decide, of all communities. */
export async function readParked(db: Kysely<ReadModels>): Promise<readonly ParkedRow[]> {
  return selectParked(db).execute()
}

/** The same of some communities. */
export async function readParkedOf(
  db: Kysely<ReadModels>,
  communityIds: readonly CommunityId[],
): Promise<readonly ParkedRow[]> {
  return selectParked(db).where('community_id', 'in', communityIds).execute()
}

/** The communities that reactors leave alone, by reactor: the work for them is parked, or skipped. */
export async function readLeftAlone(
  db: Kysely<ReadModels>,
): Promise<(reactor: ParkableReactor, communityId: CommunityId) => boolean> {
  const rows = await db.selectFrom('parked').select(['community_id', 'reactor']).execute()
  const left = Map.groupBy(rows, ({ reactor }) => reactor)
  return (reactor, communityId) => left.get(reactor)?.some((row) => row.community_id === communityId) ?? false
}

function selectParked(db: Kysely<ReadModels>) {
  return db
    .selectFrom('parked')
    .select(['community_id as communityId', 'reactor', 'code', 'failures', 'since', 'cause'])
    .where('state', '=', 'PARKED')
    .orderBy('community_id')
    .orderBy('reactor')
}
