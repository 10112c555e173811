import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { ReadModels } from './read-models.ts'

/**
 * Kysely without a driver: it can say things about the read models, and read nothing.
 *
 * Handlers compile their statements with it; the log runs them. A statement's text never depends
 * on an event's values, so that the log can keep it prepared.
 */
export const sql = new Kysely<ReadModels>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
