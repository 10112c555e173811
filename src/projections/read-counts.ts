import type { Kysely } from 'kysely'
import { PARKABLE_REACTORS } from '../domain/new-chance.ts'
import { readDownloadsToRun } from './read-fetching.ts'
import { readParked } from './parked.ts'
import type { ReadModels } from './read-models.ts'

/** How many torrents are `served`, `waiting` to be, or `failed`; and how many are being fetched: `downloading`. */
export async function countTorrents(db: Kysely<ReadModels>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('seeding')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute()
  const { length: downloading } = await readDownloadsToRun(db)
  const counts = new Map(rows.map(({ state, count }) => [state, count]))
  const states = ['SERVED', 'WAITING', 'FAILED'] as const
  return new Map([
    ...states.map((state) => [state.toLowerCase(), counts.get(state) ?? 0] as const),
    ['downloading', downloading],
  ])
}

/** How much work waits for somebody to decide, by the reactor that gave it up. */
export async function countParked(db: Kysely<ReadModels>): Promise<ReadonlyMap<string, number>> {
  const parked = await readParked(db)
  return new Map(PARKABLE_REACTORS.map((name) => [name, parked.filter(({ reactor }) => reactor === name).length]))
}
