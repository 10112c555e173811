import { sql as raw, type Kysely } from 'kysely'
import type { UnixMillis } from '../domain/time.ts'
import type { Projection } from '../events/projection.ts'
import type { Position } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export interface RestoresTable {
  readonly position: Position
  readonly incarnation: string
  readonly restored_at: UnixMillis
}

/** One time that the log was brought back from a back-up. */
export interface Restore {
  /** Of the LogRestored event: the first that belongs to the incarnation. */
  readonly position: Position
  /** A random UUID. */
  readonly incarnation: string
  readonly restoredAt: UnixMillis
}

/** Every time that the log was brought back. Key: position. */
export const restores = {
  name: 'restores',
  version: 1,
  tables: ['restores'],
  create: [
    raw`create table restores (
      position integer primary key,
      incarnation text not null,
      restored_at integer not null
    ) strict`.compile(sql),
  ],
  on: {
    LogRestored: ({ event: { data }, position, recordedAt }) => [
      sql.insertInto('restores').values({ position, incarnation: data.incarnation, restored_at: recordedAt }).compile(),
    ],
  },
} satisfies Projection

/** Every time that the log was brought back, in order; none for a log that never was. */
export async function readRestores(db: Kysely<ReadModels>): Promise<readonly Restore[]> {
  return db
    .selectFrom('restores')
    .select(['position', 'incarnation', 'restored_at as restoredAt'])
    .orderBy('position')
    .execute()
}
