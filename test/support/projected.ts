import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { rebuildInto } from '../../src/events/projection-runner.ts'
import {
  streamOf,
  type CorrelationId,
  type EventId,
  type Position,
  type Recorded,
} from '../../src/events/recorded-event.ts'
import { projections, type ReadModels } from '../../src/projections/read-models.ts'

/** The read models after these facts: the n-th stands at position n and was recorded at n seconds. */
export async function projected(
  ...facts: readonly (DomainEvent | readonly DomainEvent[])[]
): Promise<Kysely<ReadModels>> {
  const database = new Database(':memory:')
  await rebuildInto(database, projections, recorded(facts.flat()))
  return new Kysely<ReadModels>({ dialect: new SqliteDialect({ database }) })
}

/** Facts as the log would have recorded them. Versions are not counted: no projection looks at them. */
export function recorded(facts: readonly DomainEvent[]): readonly Recorded[] {
  return facts.map((event, index) => ({
    position: (index + 1) as Position,
    stream: streamOf(event),
    version: 1,
    id: eventId(index + 1),
    recordedAt: recordedAt(index + 1),
    actor: 'local',
    correlationId: correlationId(index + 1),
    causationId: null,
    event,
  }))
}

/** The id of the n-th fact. */
export function eventId(n: number): EventId {
  return `event ${n}` as EventId
}

/** The correlation id of the n-th fact. */
export function correlationId(n: number): CorrelationId {
  return `wish ${n}` as CorrelationId
}

/** When the n-th fact was recorded. */
export function recordedAt(n: number): UnixMillis {
  return (n * 1000) as UnixMillis
}
