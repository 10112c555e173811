import { CompiledQuery } from 'kysely'
import type { Projection } from '../../src/events/projection.ts'

/** Counts what each community serves: a projection whose rows depend on the rows before. */
export const servedCount: Projection = {
  name: 'served_count',
  version: 1,
  tables: ['served_count'],
  create: [CompiledQuery.raw('create table served_count (community_id text primary key, served integer) strict')],
  on: {
    SeedingStarted: ({ event }) => [
      CompiledQuery.raw(
        `insert into served_count values (?, 1) on conflict (community_id) do update set served = served + 1`,
        [event.communityId],
      ),
    ],
    Unseeded: ({ event }) => [
      CompiledQuery.raw('update served_count set served = served - 1 where community_id = ?', [event.communityId]),
    ],
  },
}

/** The same rows, and a statement that fails for the torrent of this info hash. */
export function failingAt(infoHash: string): Projection {
  return {
    ...servedCount,
    on: {
      SeedingStarted: (recorded) => [
        ...(servedCount.on.SeedingStarted?.(recorded) ?? []),
        ...(recorded.event.data.infoHash === infoHash
          ? [CompiledQuery.raw('insert into no_such_table values (1)')]
          : []),
      ],
    },
  }
}
